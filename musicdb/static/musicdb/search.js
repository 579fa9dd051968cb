// Suggestions below the search box: a combobox after the ARIA Authoring Practices. Without it, the form still works.
"use strict";
{
  const WAIT_MS = 150;
  const form = document.querySelector("form.search");
  const box = document.getElementById("search-box");
  const list = document.createElement("div");
  const status = document.createElement("p");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  status.className = "hidden";
  status.setAttribute("role", "status");
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    box.setAttribute(name, value);
  }

  let timer;
  let request;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const active = () => list.querySelector("[aria-selected=true]");

  function select(option) {
    active()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", option.id);
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  }

  function show(isOpen) {
    list.hidden = !isOpen;
    box.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) select(null);
  }

  // Whatever is on its way comes too late.
  function stop() {
    clearTimeout(timer);
    request?.abort();
  }

  async function suggest() {
    const typed = box.value.trim();
    if (!typed) return;
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`, { signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const text = await answer.text();
      if (signal.aborted) return;
      select(null);
      list.innerHTML = text;
      const count = options().length;
      status.textContent = count === 1 ? "1 suggestion" : `${count || "No"} suggestions`;
      show(count > 0 && document.activeElement === box);
    } catch {
      // A newer request has taken its place, or the server cannot be reached: Enter still asks for the page.
      if (!signal.aborted) show(false);
    }
  }

  box.addEventListener("input", () => {
    stop();
    // What is shown does not belong to what is typed any more.
    select(null);
    if (box.value.trim()) timer = setTimeout(suggest, WAIT_MS);
    else show(false);
  });

  box.addEventListener("keydown", (event) => {
    // An input method takes these keys for itself while it composes a syllable.
    if (event.isComposing) return;
    const all = options();
    const isOpen = !list.hidden;
    if (event.key === "Escape" && isOpen) {
      // A second time, the browser clears the box.
      event.preventDefault();
      stop();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length && box.value.trim()) {
      event.preventDefault();
      show(true);
      // Before the first and after the last one is the box itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = all.length + 1;
      const next = (all.indexOf(active()) + 1 + step + places) % places;
      select(next ? all[next - 1] : null);
    } else if (event.key === "Enter" && isOpen && active()) {
      event.preventDefault();
      location.assign(active().dataset.address);
    }
  });

  // The box keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.address);
  });
  box.addEventListener("blur", () => {
    stop();
    show(false);
  });
  box.addEventListener("focus", () => show(Boolean(box.value.trim()) && options().length > 0));
  form.addEventListener("submit", stop);
}
