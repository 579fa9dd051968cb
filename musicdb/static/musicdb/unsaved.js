// Warn before a page is left whose form has changes that are not saved.
"use strict";

{
  // What says how a list is shown or which rows are selected is no change.
  const PASSING = ["csrfmiddlewaretoken", "action", "select_across", "_selected_action", "index"];

  function state(form) {
    const entries = [...new FormData(form)].map(([name, value]) => [name, value.name ?? value]);
    return JSON.stringify(
      entries.filter(
        ([name, value]) =>
          value !== "" && !PASSING.includes(name) && !name.includes("__prefix__") && !/_(FORMS|old)$/.test(name)
      )
    );
  }

  window.addEventListener("load", () => {
    const forms = [...document.querySelectorAll("#content form")].filter(
      (form) => form.method === "post" && form.id !== "login-form"
    );
    const shown = new Map(forms.map((form) => [form, state(form)]));
    let isLeaving = false;
    // A form that comes back with an error has what was typed, and none of it is saved.
    const isUnsaved = (form) => form.querySelector(".errornote, .edit-questions") || state(form) !== shown.get(form);
    for (const form of forms) form.addEventListener("submit", () => (isLeaving = true));
    window.addEventListener("pageshow", () => (isLeaving = false));
    window.addEventListener("beforeunload", (event) => {
      if (!isLeaving && forms.some(isUnsaved)) event.preventDefault();
    });
  });
}
