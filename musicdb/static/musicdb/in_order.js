// Send what somebody chooses in a box for several rows in the order of choosing.
"use strict";

window.addEventListener("load", () => {
  const $ = django.jQuery;
  // A row that is taken out stays in the box, at its old place, and would return there.
  $("select.admin-autocomplete[multiple]").on("select2:select", (event) => {
    const chosen = event.params.data.element;
    if (chosen) event.target.append(chosen);
  });
});
