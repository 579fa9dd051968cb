// A button above a list folds the filters beside it, and they stay folded in this browser.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const KEY = "musicdb.admin.filters-folded";
  const list = document.getElementById("changelist");
  const filters = document.getElementById("changelist-filter");
  const tools = document.querySelector(".change-list .object-tools");
  if (!list || !filters || !tools) {
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold-filters";
  button.setAttribute("aria-controls", filters.id);
  const show = (folded) => {
    list.classList.toggle("filters-folded", folded);
    list.classList.toggle("filtered", !folded);
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? "Show filters" : "Hide filters";
  };
  button.addEventListener("click", () => {
    const folded = !list.classList.contains("filters-folded");
    localStorage.setItem(KEY, folded ? "1" : "");
    show(folded);
  });
  show(localStorage.getItem(KEY) === "1");
  const item = document.createElement("li");
  item.append(button);
  tools.prepend(item);
});
