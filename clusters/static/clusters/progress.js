// Update the progress of a job in place. The page is not reloaded, so readers and screen readers keep their place.
"use strict";

const PARTS = ["leaving", "summary", "hint", "tasks"];

async function refresh() {
  const response = await fetch(location.href, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.querySelector(".recluster-job");
  // The page is another one, for example because the session has ended. A reload shows it.
  if (!found) return location.reload();
  for (const id of PARTS) {
    const [old, now] = [document.getElementById(id), page.getElementById(id)];
    if (old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
  }
  document.getElementById("bar").value = page.getElementById("bar").value;
  document.title = page.title;
  document.querySelector("#content > h1").textContent = page.querySelector("#content > h1").textContent;
  if (!page.getElementById("cancel")) document.getElementById("cancel")?.remove();
  if (found.dataset.refreshSeconds) wait(found.dataset.refreshSeconds);
}

function wait(seconds) {
  setTimeout(() => refresh().catch(() => wait(15)), seconds * 1000);
}

const shown = document.querySelector(".recluster-job[data-refresh-seconds]");
if (shown) wait(shown.dataset.refreshSeconds);
