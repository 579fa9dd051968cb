// Beside a link to a text, a button copies the text. Without the clipboard, which needs HTTPS, there is no button.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  if (!navigator.clipboard) {
    return;
  }
  const status = document.querySelector(".copy-status");

  async function read(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    return response.text();
  }

  async function copy(text) {
    // Safari allows to write only at once, so it gets the promise of the text.
    if (window.ClipboardItem) {
      const blob = text.then((links) => new Blob([links], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    } else {
      await navigator.clipboard.writeText(await text);
    }
    return (await text).split("\n").filter(Boolean).length;
  }

  for (const link of document.querySelectorAll("a[data-copy-label]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = link.dataset.copyLabel;
    button.addEventListener("click", () => {
      status.textContent = "";
      copy(read(link.href)).then(
        (count) => (status.textContent = count === 1 ? "Copied 1 link." : `Copied ${count} links.`),
        () => (status.textContent = "The links could not be copied. Open them to copy them by hand.")
      );
    });
    link.parentElement.append(" ", button);
  }
});
