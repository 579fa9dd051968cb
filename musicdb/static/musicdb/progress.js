// Update a page of progress in place. The page is not reloaded, so readers and screen readers keep their place.
"use strict";

const PAGE = ".progress-page";
const PARTS = `${PAGE} [data-live]`;

async function refresh() {
  const response = await fetch(location.href, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.querySelector(PAGE);
  // The page is another one: the result, or the log-in because the session has ended. A reload shows it.
  if (!found || response.redirected) return location.reload();
  for (const old of document.querySelectorAll(PARTS)) {
    const now = page.getElementById(old.id);
    if (old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
  }
  const [bar, now] = [document.getElementById("bar"), page.getElementById("bar")];
  for (const name of ["max", "value"]) {
    if (now?.hasAttribute(name)) bar.setAttribute(name, now.getAttribute(name));
    else bar?.removeAttribute(name);
  }
  if (!now) bar?.remove();
  document.title = page.title;
  document.querySelector("#content > h1").textContent = page.querySelector("#content > h1").textContent;
  if (!page.getElementById("cancel")) document.getElementById("cancel")?.remove();
  if (found.dataset.refreshSeconds) wait(found.dataset.refreshSeconds);
}

function wait(seconds) {
  setTimeout(() => refresh().catch(() => wait(15)), seconds * 1000);
}

const shown = document.querySelector(`${PAGE}[data-refresh-seconds]`);
if (shown) wait(shown.dataset.refreshSeconds);
