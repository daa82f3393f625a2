// Looks every five seconds; what is being read is only replaced when something is new.
let shown = document.getElementById("main").outerHTML;
setInterval(async () => {
  try {
    const answer = await fetch("/inbox", {cache: "no-store"});
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.getElementById("main");
    if (!answer.ok || !main || main.outerHTML === shown) return;
    shown = main.outerHTML;
    const open = [...document.querySelectorAll("details")].map(one => one.open && one.parentNode.id);
    document.getElementById("main").replaceWith(main);
    document.title = page.title;
    for (const id of open) if (id) document.querySelector(`#${id} details`)?.setAttribute("open", "");
  } catch {
    // The monitor is being restarted: the next look will do.
  }
}, 5000);
