// A browser of a few lines for inbox.js: time passes at once. Reads the script from the standard
// input, prints a JSON array: whether the page says that it is old, minute by minute.
const vm = require("node:vm"), script = require("node:fs").readFileSync(0, "utf8");
const states = process.argv.slice(2);  // of the server, one a minute: "answers", "refuses", "hangs"
let now = 0, timers = [];
const later = (act, after) => timers.push({act, at: now + after});
const every = (act, after) => later(() => { act(); every(act, after); }, after);
const main = {children: [], contains: () => false};
const lost = {hidden: true, textContent: ""};
const document = {title: "", activeElement: null, getElementById: id => ({main, lost})[id]};
const page = {title: "", getElementById: () => main};
const fetch = (_, {signal}) => new Promise((answer, fail) => {
  const state = states[Math.floor(now / 60_000)];
  if (state === "answers") answer({ok: true, text: async () => ""});
  if (state === "refuses") fail(new Error("refused"));
  if (signal) signal.fail = fail;
});
vm.runInNewContext(script, {
  document, fetch, Map, Set, Date, Promise, setTimeout: later, setInterval: every,
  DOMParser: class { parseFromString() { return page; } },
  AbortSignal: {timeout: after => {
    const signal = {};
    later(() => signal.fail?.(new Error("no answer")), after);
    return signal;
  }},
});
(async () => {
  const seen = [];
  for (const minute of states.keys()) {
    for (;;) {
      const next = timers.reduce((a, b) => (b.at < a.at ? b : a));
      if (next.at >= (minute + 1) * 60_000) break;
      timers = timers.filter(one => one !== next);
      now = next.at;
      next.act();
      await new Promise(setImmediate);
    }
    seen.push(!lost.hidden);
  }
  console.log(JSON.stringify(seen));
})();
