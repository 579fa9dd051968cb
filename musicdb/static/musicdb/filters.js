// The form above a list: each range of numbers gets a slider with two ends, and what is left blank is not sent.
"use strict";
for (const form of document.querySelectorAll("form.filters")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) {
      if (value === "") formData.delete(name);
    }
  });
  for (const range of form.querySelectorAll(".range[data-lowest]")) addSlider(range);
}

function addSlider(range) {
  const { label, step } = range.dataset;
  const ends = [Number(range.dataset.lowest), Number(range.dataset.highest)];
  const fields = [...range.querySelectorAll("input")];
  const slider = document.createElement("div");
  const part = document.createElement("span");
  const output = document.createElement("output");
  slider.className = "slider";
  part.className = "slider-part";
  const thumbs = fields.map((field, side) => {
    const thumb = document.createElement("input");
    Object.assign(thumb, { type: "range", min: ends[0], max: ends[1], step });
    thumb.setAttribute("aria-label", `${label} ${side ? "to" : "from"}`);
    return thumb;
  });
  output.htmlFor = fields.map((field) => field.id).join(" ");

  // A field without a number sets no limit, and neither does a thumb at its own end.
  const limit = (side) => (fields[side].value === "" ? ends[side] : Number(fields[side].value));
  const percent = (value) => `${(100 * (Math.min(Math.max(value, ends[0]), ends[1]) - ends[0])) / (ends[1] - ends[0])}%`;
  const show = () => {
    part.style.setProperty("--from", percent(limit(0)));
    part.style.setProperty("--to", percent(limit(1)));
    thumbs.forEach((thumb, side) => {
      thumb.value = limit(side);
      thumb.setAttribute("aria-valuetext", fields[side].value === "" ? "no limit" : fields[side].value);
    });
    const [from, to] = fields.map((field) => field.value);
    output.textContent = from && to ? `${from} to ${to}` : from ? `${from} and more` : to ? `up to ${to}` : "all";
    // Where both thumbs are at the upper end, the one that can still move lies on top.
    thumbs[0].style.zIndex = limit(0) >= ends[1] ? "1" : "";
  };
  thumbs.forEach((thumb, side) => {
    thumb.addEventListener("input", () => {
      const other = limit(1 - side);
      const value = side ? Math.max(Number(thumb.value), other) : Math.min(Number(thumb.value), other);
      fields[side].value = value === ends[side] ? "" : String(value);
      show();
    });
  });
  fields.forEach((field) => field.addEventListener("input", show));
  slider.append(part, ...thumbs);
  range.querySelector(".range-ends").before(slider);
  range.querySelector("legend").append(" ", output);
  show();
}
