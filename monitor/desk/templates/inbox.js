// Looks again five seconds after it has looked. Only what is new is replaced, so that nobody loses their place.
const shown = new Map();  // id of a part of the page -> its HTML as it came
for (const part of document.getElementById("main").children) shown.set(part.id, part.outerHTML);
let seen = new Date(), missed = 0;

const folds = part => part.matches("details") ? [part] : [...part.querySelectorAll("details")];
const stops = part => [...part.querySelectorAll("a, summary")];

// What was unfolded stays so.
const replace = (old, part) => {
  if (old.tagName === part.tagName) {
    const open = folds(old).map(one => one.open);
    folds(part).forEach((one, number) => { if (number in open) one.open = open[number]; });
  }
  old.replaceWith(part);
};

const update = (main, next) => {
  const parts = [...next.children], held = document.activeElement;
  const home = [...main.children].find(part => part.contains(held));
  const stop = home ? stops(home).indexOf(held) : -1;
  const ids = new Set(parts.map(part => part.id));
  for (const old of [...main.children]) if (!ids.has(old.id)) old.remove();
  parts.forEach((part, number) => {
    const old = document.getElementById(part.id), html = part.outerHTML;
    const at = main.children[number] ?? null;
    if (!old) main.insertBefore(part, at);
    else if (old !== at) main.insertBefore(old, at);
    if (old && shown.get(part.id) !== html) replace(old, part);
    shown.set(part.id, html);
  });
  // Whoever moves about with the keyboard stays where they are.
  const now = home && document.getElementById(home.id);
  if (stop >= 0 && now && document.activeElement !== held) stops(now)[stop]?.focus({preventScroll: true});
};

const look = async () => {
  // One that never comes is a miss too, and the next look waits for it: an old page must not
  // replace a new one.
  const answer = await fetch("/inbox", {cache: "no-store", signal: AbortSignal.timeout(10_000)});
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("main");
  if (!answer.ok || !next) throw new Error("no page");
  update(document.getElementById("main"), next);
  document.title = page.title;
  [seen, missed] = [new Date(), 0];
};

const watch = async () => {
  const lost = document.getElementById("lost");
  try {
    await look();
    lost.hidden = true;
  } catch {
    // One miss is a restart. A page that stands still must not look like a quiet day.
    if (++missed >= 3 && lost.hidden) {
      const at = seen.toISOString();
      lost.textContent = `The monitor does not answer. This page is as it was ${at.slice(0, 10)}, ${at.slice(11, 16)} UTC.`;
      lost.hidden = false;
    }
  }
  setTimeout(watch, 5000);
};
setTimeout(watch, 5000);
