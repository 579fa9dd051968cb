// The interactive map of a collection's clusters, in the place of its plot. The page's tables are its text.
"use strict";

// Frame, sizes and opacities are those of the plot (clusters/core/plotting/plots.py), lengths on a plot 576 wide.
const PLOT_WIDTH = 576;
const MARGIN = 0.04;
const POINTS = [50, 500, 5e3, 5e4];
const SIZES = [6.5, 4.8, 2.4, 2];
const ALPHAS = [0.9, 0.85, 0.5, 0.3];
// How much fainter a point is by its sureness in steps of a seventh.
const FADED = [0.3, 0.3, 0.3, 0.3, 0.3, 0.55, 0.55, 1];
const LINES = 2 ** 13; // of the grid, each way
const LOW_BITS = 5;
const UNKNOWN = 255;
const CELL_BITS = 7; // 64 cells each way, in which points are looked up
const CELLS = LINES >> CELL_BITS;
const RAMP = ["#2d5aff", "#8a8a8a", "#e16900"];
const SHADES = 16;
const GREY = "#8a8a8a";
const LIKED = "#4ba569";
const MAX_ZOOM = 64;
const MAX_CORNERS = 100;
const WORK = 5; // milliseconds of a frame in which points are drawn
const PAD = 48; // drawn beyond the frame, so that a move shows no gap at once

// --- The files ----------------------------------------------------------------------------------------------------

class Reader {
  constructor(buffer) {
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    if (String.fromCharCode(...this.bytes.subarray(0, 4)) !== "MAP1") throw new Error("This is no map.");
    this.at = 4;
  }
  int() {
    return this.view.getUint32((this.at += 4) - 4, true);
  }
  float() {
    return this.view.getFloat64((this.at += 8) - 8, true);
  }
  column(count) {
    return this.bytes.subarray(this.at, (this.at += count));
  }
  varint() {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++];
      number += (byte & 127) * factor;
      if (byte < 128) return number;
    }
  }
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  return response;
}

async function readPoints(address) {
  const file = new Reader(await (await read(address)).arrayBuffer());
  const count = file.int();
  const grid = [file.float(), file.float(), file.float()];
  const groups = Array.from({ length: file.int() }, () => [file.int(), file.int()]);
  const [xHigh, xLow, yHigh, yLow, sureness] = Array.from({ length: 5 }, () => file.column(count));
  const [x, y, ids, cluster] = [new Uint16Array(count), new Uint16Array(count), new Float64Array(count), new Uint16Array(count)];
  let i = 0;
  groups.forEach(([, size], place) => {
    for (let id = 0, end = i + size; i < end; i++) {
      x[i] = (xHigh[i] << LOW_BITS) | xLow[i];
      y[i] = (yHigh[i] << LOW_BITS) | yLow[i];
      ids[i] = id += file.varint();
      cluster[i] = place;
    }
  });
  return { count, grid, numbers: groups.map(([number]) => number), x, y, ids, cluster, sureness };
}

async function readValues(address, points) {
  const file = new Reader(await (await read(address)).arrayBuffer());
  const count = file.int();
  const [low, high] = [file.float(), file.float()];
  const column = file.column(count);
  const found = new Map();
  for (let i = 0, id = 0; i < count; i++) found.set((id += file.varint()), column[i]);
  return { low, high, values: Uint8Array.from(points.ids, (id) => found.get(id) ?? UNKNOWN) };
}

// --- Marks --------------------------------------------------------------------------------------------------------

// Corners of each shape of matplotlib's on a square from -1 to 1.
const CORNERS = {
  s: [-1, -1, 1, -1, 1, 1, -1, 1],
  "^": [0, -1, 1, 1, -1, 1],
  v: [0, 1, 1, -1, -1, -1],
  "<": [-1, 0, 1, -1, 1, 1],
  ">": [1, 0, -1, -1, -1, 1],
  D: [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0],
  p: [0, -1, 0.95, -0.31, 0.59, 0.81, -0.59, 0.81, -0.95, -0.31],
  h: [0, -1, 0.87, -0.5, 0.87, 0.5, 0, 1, -0.87, 0.5, -0.87, -0.5],
  P: [-0.33, -1, 0.33, -1, 0.33, -0.33, 1, -0.33, 1, 0.33, 0.33, 0.33, 0.33, 1, -0.33, 1, -0.33, 0.33, -1, 0.33, -1, -0.33, -0.33, -0.33],
  X: [-1, -0.5, -0.5, -1, 0, -0.5, 0.5, -1, 1, -0.5, 0.5, 0, 1, 0.5, 0.5, 1, 0, 0.5, -0.5, 1, -1, 0.5, -0.5, 0],
};

function trace(pen, marker, x, y, radius) {
  pen.beginPath();
  const corners = CORNERS[marker];
  if (!corners) pen.arc(x, y, radius, 0, 7);
  else for (let i = 0; i < corners.length; i += 2) pen.lineTo(x + corners[i] * radius, y + corners[i + 1] * radius);
  pen.closePath();
}

// One canvas for all that is measured on one: to make one takes longer than to use it.
const sketch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const parts = new Map();

// How much of each pixel around a point a mark covers, of 256.
function maskOf(marker, diameter) {
  const half = Math.ceil(diameter * 0.7 + 1);
  const side = 2 * half + 1;
  sketch.canvas.width = sketch.canvas.height = side;
  trace(sketch, marker, half + 0.5, half + 0.5, diameter / 2);
  sketch.fill();
  const pixels = sketch.getImageData(0, 0, side, side).data;
  const mask = [];
  for (let i = 0; i < side * side; i++) {
    const covered = pixels[4 * i + 3];
    if (covered > 8) mask.push([(i % side) - half, Math.floor(i / side) - half, covered / 255]);
  }
  return { half, mask };
}

function rgbOf(colour) {
  if (!parts.has(colour)) {
    sketch.fillStyle = colour;
    const number = parseInt(sketch.fillStyle.slice(1), 16);
    parts.set(colour, [number >> 16, (number >> 8) & 255, number & 255]);
  }
  return parts.get(colour);
}

function between(value, from, to) {
  value = Math.min(Math.max(value, from[0]), from.at(-1));
  const i = Math.max(from.findIndex((each) => each >= value), 1);
  const share = Math.log(value / from[i - 1]) / Math.log(from[i] / from[i - 1]);
  return to[i - 1] + share * (to[i] - to[i - 1]);
}

const rampColours = Array.from({ length: SHADES }, (_, i) => {
  const at = (2 * i) / (SHADES - 1);
  const [from, to] = [RAMP[Math.min(Math.floor(at), 1)], RAMP[Math.min(Math.floor(at), 1) + 1]].map(rgbOf);
  const share = at - Math.min(Math.floor(at), 1);
  return `rgb(${from.map((part, k) => Math.round(part + share * (to[k] - part))).join(" ")})`;
});

// --- Outlines -----------------------------------------------------------------------------------------------------

// The same as `enclosed` in clusters/core/plotting/point_map.py, so that the server finds the same tracks.
function encloses(outline, x, y) {
  if (outline.length === 2) {
    const [[x1, y1], [x2, y2]] = outline;
    return Math.min(x1, x2) <= x && x <= Math.max(x1, x2) && Math.min(y1, y2) <= y && y <= Math.max(y1, y2);
  }
  let inside = false;
  outline.forEach(([x1, y1], i) => {
    const [x2, y2] = outline[(i + 1) % outline.length];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

// Douglas and Peucker: leave out corners that are nearer than `tolerance` to the line between their neighbours.
function simplified(line, tolerance) {
  const [[x1, y1], [x2, y2]] = [line[0], line.at(-1)];
  const length = Math.hypot(x2 - x1, y2 - y1);
  let [farthest, at] = [tolerance, 0];
  for (let i = 1; i < line.length - 1; i++) {
    const [x, y] = line[i];
    const far = length ? Math.abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length : Math.hypot(x - x1, y - y1);
    if (far > farthest) [farthest, at] = [far, i];
  }
  if (!at) return [line[0], line.at(-1)];
  return [...simplified(line.slice(0, at + 1), tolerance).slice(0, -1), ...simplified(line.slice(at), tolerance)];
}

// --- The map ------------------------------------------------------------------------------------------------------

function start(figure, data, points) {
  const { count, x, y, ids, cluster, sureness } = points;
  const tools = figure.querySelector(".map-tools");
  const note = tools.querySelector(".map-note");
  const panel = tools.querySelector(".map-selection");
  const known = new Map(data.clusters.map((each) => [each.number, each]));
  const groups = points.numbers.map((number) => known.get(number));
  const indexOf = new Map(Array.from(ids, (id, i) => [id, i]));

  const box = document.createElement("div");
  box.className = "map";
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", `Map of ${count} tracks. Arrow keys go from track to track, Enter opens one, plus and minus zoom, Escape clears.`);
  const canvas = document.createElement("canvas");
  const card = document.createElement("div");
  card.className = "map-card";
  card.hidden = true;
  box.append(canvas, card);
  const pen = canvas.getContext("2d", { alpha: false });
  figure.querySelector(".plot").replaceWith(box);
  tools.hidden = false;

  let [extentX, extentY] = [x, y].map((side) => side.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [LINES, 0]));
  let theme, ratio, frame, home, view; // a point of the grid is at (x * scale + left, bottom - y * scale)
  let colour = { by: "" };
  let [mode, outline, selected, drawn] = ["", null, null, null];
  let [focus, pinned, hinted, waiting, looked] = [-1, false, null, false, 0];
  const pressed = new Set();

  // Points by cell, for finding the nearest.
  const starts = new Uint32Array(CELLS * CELLS + 1);
  const cellOf = (i) => (y[i] >> CELL_BITS) * CELLS + (x[i] >> CELL_BITS);
  for (let i = 0; i < count; i++) starts[cellOf(i) + 1]++;
  for (let i = 0; i < CELLS * CELLS; i++) starts[i + 1] += starts[i];
  const inCells = new Uint32Array(count);
  const next = starts.slice();
  for (let i = 0; i < count; i++) inCells[next[cellOf(i)]++] = i;

  const centres = groups.map(() => [0, 0, 0]);
  for (let i = 0; i < count; i++) {
    const sum = centres[cluster[i]];
    sum[0] += x[i];
    sum[1] += y[i];
    sum[2]++;
  }

  // --- Looks

  let order, look, marks; // which points to draw in turn, the mark of each, and the marks
  function restyle() {
    const dimmed = (i) =>
      (pressed.size && !pressed.has(cluster[i])) || (hinted !== null && hinted !== cluster[i]) || (selected && !selected[i]);
    const valueOf = (i) =>
      colour.by === "sureness" ? (sureness[i] === UNKNOWN ? UNKNOWN : (sureness[i] * 254) / 7) : colour.values[i];
    const levels = [[], [], [], []];
    look = new Uint16Array(count);
    marks = [];
    const ofKey = new Map();
    for (let i = 0; i < count; i++) {
      const group = groups[cluster[i]];
      let [shown, faded] = [group.colour, FADED[sureness[i]] ?? 1];
      if (colour.by) {
        const value = valueOf(i);
        faded = value === UNKNOWN || (colour.by === "liked" && !value) ? 0.3 : 1;
        shown = faded < 1 ? GREY : colour.by === "liked" ? LIKED : rampColours[Math.floor((value / 255) * SHADES)];
      }
      const isDim = dimmed(i);
      if (isDim) [shown, faded] = [GREY, 0.15];
      levels[isDim ? 0 : faded < 0.5 ? 1 : faded < 1 ? 2 : 3].push(i);
      const key = `${group.marker}${shown}${faded}`;
      if (!ofKey.has(key)) ofKey.set(key, marks.push({ marker: group.marker, colour: shown, faded, isDim }) - 1);
      look[i] = ofKey.get(key);
    }
    order = Uint32Array.from(levels.flat());
    looked++;
    request();
  }

  function retheme() {
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    theme = { paper: value("--surface"), ink: value("--ink"), line: value("--line"), muted: value("--muted"), accent: value("--accent") };
    looked++;
    request();
  }

  // --- Layout and view

  function resize() {
    const [width, height] = [box.clientWidth, box.clientHeight];
    if (!width || (frame && frame.width === width && ratio === devicePixelRatio)) return;
    ratio = devicePixelRatio;
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    const k = width / PLOT_WIDTH;
    const font = Math.max(11, 11.5 * k);
    const old = frame && home && { zoom: view.scale / home.scale, at: placeAt(frame.left + frame.wide / 2, frame.top + frame.high / 2) };
    const [left, edge] = [font * (k < 0.8 ? 1.7 : 2.9), 6 * k];
    frame = { width, height, k, font, left, top: edge, wide: width - left - edge, high: height - font * 2 - edge };
    const spans = [extentX[1] - extentX[0], extentY[1] - extentY[0]];
    const scale = (1 - 2 * MARGIN) / Math.max(spans[0] / frame.wide, spans[1] / frame.high, 1 / LINES);
    home = {
      scale,
      left: frame.left + frame.wide / 2 - ((extentX[0] + extentX[1]) / 2) * scale,
      bottom: frame.top + frame.high / 2 + ((extentY[0] + extentY[1]) / 2) * scale,
    };
    if (old) centreOn(...old.at, old.zoom);
    else show(home);
    looked++;
  }

  const placeAt = (px, py) => [(px - view.left) / view.scale, (view.bottom - py) / view.scale];
  const screenOf = (i) => [x[i] * view.scale + view.left, view.bottom - y[i] * view.scale];

  function show(wanted) {
    const scale = Math.min(Math.max(wanted.scale, home.scale * 0.8), home.scale * MAX_ZOOM);
    // The middle of the frame stays among the points.
    const [middleX, middleY] = [frame.left + frame.wide / 2, frame.top + frame.high / 2];
    const left = Math.min(Math.max(wanted.left, middleX - extentX[1] * scale), middleX - extentX[0] * scale);
    const bottom = Math.min(Math.max(wanted.bottom, middleY + extentY[0] * scale), middleY + extentY[1] * scale);
    view = { scale, left, bottom };
    request();
  }

  function zoom(factor, px = frame.left + frame.wide / 2, py = frame.top + frame.high / 2) {
    const scale = Math.min(Math.max(view.scale * factor, home.scale * 0.8), home.scale * MAX_ZOOM);
    const [gx, gy] = placeAt(px, py);
    show({ scale, left: px - gx * scale, bottom: py + gy * scale });
  }

  function centreOn(gx, gy, times) {
    const scale = home.scale * times;
    show({ scale, left: frame.left + frame.wide / 2 - gx * scale, bottom: frame.top + frame.high / 2 + gy * scale });
  }

  // --- Drawing: a layer with all points, made in slices, is shown moved and enlarged until the next one is ready

  let [layer, job] = [null, null];
  const masks = new Map();

  function begin() {
    const [wide, high] = [Math.round((frame.wide + 2 * PAD) * ratio), Math.round((frame.high + 2 * PAD) * ratio)];
    const [left, top] = [frame.left - PAD, frame.top - PAD];
    const pixels = new Uint32Array(wide * high);
    const [red, green, blue] = rgbOf(theme.paper);
    pixels.fill((255 << 24) | (blue << 16) | (green << 8) | red);
    // Where a component is 0, as on the plot.
    const [zeroX, zeroY] = [0, 1].map((side) => -points.grid[side] / points.grid[2]);
    const [acrossAt, upAt] = [(zeroX * view.scale + view.left - left) * ratio, (view.bottom - zeroY * view.scale - top) * ratio].map(Math.round);
    const [r0, g0, b0] = rgbOf(theme.line);
    const line = (255 << 24) | (b0 << 16) | (g0 << 8) | r0;
    if (acrossAt >= 0 && acrossAt < wide) for (let row = 0; row < high; row++) pixels[row * wide + acrossAt] = line;
    if (upAt >= 0 && upAt < high) pixels.fill(line, upAt * wide, (upAt + 1) * wide);
    // As many points as would fill the whole plot so densely decide about sizes.
    const shown = count / (view.scale / home.scale) ** 2;
    const size = Math.max(between(shown, POINTS, SIZES) * frame.k, 2.6);
    const alpha = between(shown, POINTS, ALPHAS);
    const stamps = marks.map((mark) => {
      const diameter = Math.round(2 * size * ratio) / 2;
      const key = `${mark.marker}${diameter}`;
      if (!masks.has(key)) masks.set(key, maskOf(mark.marker, diameter));
      const { half, mask } = masks.get(key);
      const [r, g, b] = rgbOf(mark.colour);
      return {
        half,
        offsets: Int32Array.from(mask, ([dx, dy]) => dy * wide + dx),
        alphas: Int32Array.from(mask, (each) => Math.round(each[2] * alpha * mark.faded * 256)),
        redBlue: (b << 16) | r,
        green: g << 8,
      };
    });
    return { pixels, wide, high, left, top, view, looked, stamps, at: 0, scale: view.scale * ratio, x0: (view.left - left) * ratio, y0: (view.bottom - top) * ratio };
  }

  function work() {
    const { pixels, wide, high, stamps, scale, x0, y0 } = job;
    const until = performance.now() + WORK;
    while (job.at < order.length) {
      const end = Math.min(job.at + 256, order.length);
      for (; job.at < end; job.at++) {
        const i = order[job.at];
        const stamp = stamps[look[i]];
        const px = Math.round(x[i] * scale + x0);
        const py = Math.round(y0 - y[i] * scale);
        if (px < stamp.half || py < stamp.half || px >= wide - stamp.half || py >= high - stamp.half) continue;
        const { offsets, alphas, redBlue, green } = stamp;
        const middle = py * wide + px;
        for (let k = 0; k < offsets.length; k++) {
          const at = middle + offsets[k];
          const under = pixels[at];
          const [over, rest] = [alphas[k], 256 - alphas[k]];
          pixels[at] =
            0xff000000 |
            (((Math.imul(under & 0xff00ff, rest) + Math.imul(redBlue, over)) >>> 8) & 0xff00ff) |
            (((Math.imul(under & 0x00ff00, rest) + Math.imul(green, over)) >>> 8) & 0x00ff00);
        }
      }
      if (performance.now() > until) return;
    }
    const sheet = layer?.canvas ?? document.createElement("canvas");
    if (sheet.width !== job.wide || sheet.height !== job.high) [sheet.width, sheet.height] = [job.wide, job.high];
    sheet.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(job.pixels.buffer), job.wide, job.high), 0, 0);
    layer = { canvas: sheet, view: job.view, left: job.left, top: job.top, looked: job.looked };
    job = null;
  }

  function paint() {
    waiting = false;
    if (!frame || !order) return;
    if (job && job.looked !== looked) job = null;
    if (!job && (!layer || layer.view !== view || layer.looked !== looked)) job = begin();
    if (job) work();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = theme.paper;
    pen.fillRect(0, 0, frame.width, frame.height);
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.wide, frame.high);
    pen.clip();
    if (layer) {
      const times = view.scale / layer.view.scale;
      pen.imageSmoothingEnabled = times !== 1;
      pen.drawImage(
        layer.canvas,
        view.left + (layer.left - layer.view.left) * times,
        view.bottom + (layer.top - layer.view.bottom) * times,
        (layer.canvas.width / ratio) * times,
        (layer.canvas.height / ratio) * times
      );
    }
    paintNumbers();
    paintOutline();
    if (focus >= 0) {
      const [px, py] = screenOf(focus);
      pen.strokeStyle = theme.ink;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(px, py, 8, 0, 7);
      pen.stroke();
    }
    pen.restore();
    pen.strokeStyle = theme.line;
    pen.lineWidth = 1;
    pen.strokeRect(frame.left, frame.top, frame.wide, frame.high);
    paintAxes();
    placeCard();
    if (job) request();
  }

  function request() {
    if (!waiting) requestAnimationFrame(paint);
    waiting = true;
  }

  function paintNumbers() {
    const size = Math.max(13, 19 * frame.k);
    pen.font = `bold ${size}px system-ui, sans-serif`;
    [pen.textAlign, pen.textBaseline, pen.lineJoin] = ["center", "middle", "round"];
    const placed = [];
    centres.forEach(([sumX, sumY, size_], place) => {
      const [px, py] = [(sumX / size_) * view.scale + view.left, view.bottom - (sumY / size_) * view.scale];
      const text = String(points.numbers[place]);
      const [halfWide, halfHigh] = [pen.measureText(text).width / 2 + 3, size * 0.45 + 3];
      const isFree = ([ax, ay]) => placed.every(([bx, by, wide, high]) => Math.abs(ax - bx) >= wide + halfWide || Math.abs(ay - by) >= high + halfHigh);
      let at = [px, py];
      for (let step = 1; !isFree(at) && step < 64; step++) {
        const [angle, far] = [(step % 8) * (Math.PI / 4), Math.ceil(step / 8) * size * 0.6];
        at = [px + Math.cos(angle) * far, py + Math.sin(angle) * far];
      }
      placed.push([...at, halfWide, halfHigh]);
      pen.lineWidth = 4;
      pen.strokeStyle = theme.paper;
      pen.strokeText(text, ...at);
      pen.fillStyle = theme.ink;
      pen.fillText(text, ...at);
    });
  }

  function paintOutline() {
    const corners = drawn ?? outline?.map(([gx, gy]) => [gx * view.scale + view.left, view.bottom - gy * view.scale]);
    if (!corners || corners.length < 2) return;
    pen.beginPath();
    if (corners.length === 2) pen.rect(...corners[0], corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]);
    else for (const corner of corners) pen.lineTo(...corner);
    pen.closePath();
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 2;
    pen.setLineDash([6, 4]);
    pen.stroke();
    pen.setLineDash([]);
  }

  function paintAxes() {
    const { left, top, wide, high, font } = frame;
    pen.fillStyle = theme.ink;
    pen.font = `${font}px system-ui, sans-serif`;
    pen.textBaseline = "middle";
    const write = (text, at, align) => {
      pen.textAlign = align;
      pen.fillText(text, at, 0);
    };
    data.axes.slice(0, 2).forEach(([low, highEnd, variance], isUp) => {
      const length = isUp ? high : wide;
      pen.save();
      pen.translate(isUp ? left - font * 0.85 : left, top + high + (isUp ? 0 : font));
      if (isUp) pen.rotate(-Math.PI / 2);
      write(`← ${low}`, 0, "left");
      write(`${highEnd} →`, length, "right");
      if (frame.k >= 0.8) {
        pen.font = `${font * 0.87}px system-ui, sans-serif`;
        if (isUp) pen.translate(0, -font * 1.2);
        write(`${variance}% of variance`, length / 2, "center");
      }
      pen.restore();
    });
  }

  // --- Points: which is where, and what it is

  const isShown = (i) => !marks[look[i]].isDim;

  function nearest(px, py, radius, most = 1) {
    const [gx, gy] = placeAt(px, py);
    const reach = radius / view.scale;
    const cell = (at) => Math.min(Math.max(Math.floor(at) >> CELL_BITS, 0), CELLS - 1);
    const found = [];
    for (let row = cell(gy - reach); row <= cell(gy + reach); row++) {
      const [from, to] = [row * CELLS + cell(gx - reach), row * CELLS + cell(gx + reach)];
      for (let k = starts[from]; k < starts[to + 1]; k++) {
        const i = inCells[k];
        const far = (x[i] - gx) ** 2 + (y[i] - gy) ** 2;
        if (far <= reach * reach && isShown(i)) found.push([far, i]);
      }
    }
    return found.sort((a, b) => a[0] - b[0]).slice(0, most).map(([, i]) => i);
  }

  const details = new Map();
  let timer = 0;

  async function fetchDetails(i) {
    const near = nearest(...screenOf(i), 24, 16).map((each) => ids[each]);
    const wanted = [...new Set([ids[i], ...near])].filter((id) => !details.has(id)).slice(0, data.maxDetails);
    for (const id of wanted) details.set(id, undefined);
    try {
      const { tracks } = await (await read(`${data.details}?ids=${wanted.join()}`)).json();
      for (const id of wanted) details.set(id, tracks[id] ?? null);
    } catch {
      for (const id of wanted) details.delete(id);
    }
    if (focus >= 0) fillCard();
  }

  function fillCard() {
    const track = details.get(ids[focus]);
    const group = groups[cluster[focus]];
    const words = (text, tag = "bdi") => Object.assign(document.createElement(tag), { textContent: text });
    const parts = [];
    if (track) {
      const link = words("", "a");
      link.href = track.address;
      link.append(words(track.title));
      parts.push(link);
      if (track.artists) {
        const artists = words("", "span");
        artists.append(words(track.artists));
        parts.push(artists);
      }
    } else if (track === null) parts.push("This track is no longer in the library.");
    else parts.push("…");
    const where = words(`Cluster #${group.number}`, "span");
    where.className = "muted";
    if (group.name) where.append(": ", words(group.name));
    card.replaceChildren(...parts, where);
    if (pinned && track !== undefined) say([...card.childNodes].map((part) => part.textContent).join(", "));
    placeCard();
  }

  function placeCard() {
    card.hidden = focus < 0;
    if (focus < 0) return;
    const [px, py] = screenOf(focus);
    const isRight = px > frame.width / 2;
    card.style.left = isRight ? "" : `${Math.max(px + 14, 4)}px`;
    card.style.right = isRight ? `${Math.max(frame.width - px + 14, 4)}px` : "";
    card.style.top = py > frame.height / 2 ? "" : `${Math.max(py + 10, 4)}px`;
    card.style.bottom = py > frame.height / 2 ? `${Math.max(frame.height - py + 10, 4)}px` : "";
  }

  function say(text) {
    note.textContent = text;
  }

  function focusOn(i, isPinned) {
    if (i === focus && pinned === isPinned) return;
    [focus, pinned] = [i, isPinned];
    card.classList.toggle("pinned", isPinned);
    for (const row of document.querySelectorAll("tr.on-map")) row.classList.remove("on-map");
    clearTimeout(timer);
    if (i >= 0) {
      fillCard();
      document.querySelector(`tr[data-track="${ids[i]}"]`)?.classList.add("on-map");
      if (!details.has(ids[i])) timer = setTimeout(() => fetchDetails(i), 80);
    }
    request();
  }

  // --- Selections

  function select(corners) {
    outline = corners.map((corner) => corner.map((at) => Math.round(Math.min(Math.max(at, -LINES), 2 * LINES))));
    selected = new Uint8Array(count);
    let found = 0;
    for (let i = 0; i < count; i++) if (encloses(outline, x[i], y[i])) found += selected[i] = 1;
    const query = `?grid=${points.grid.join()}&within=${outline.flat().join()}`;
    const link = (text, address) => Object.assign(document.createElement("a"), { textContent: text, href: address + query });
    const clear = Object.assign(document.createElement("button"), { type: "button", textContent: "Clear" });
    clear.addEventListener("click", clearSelection);
    const which = found === 1 ? "this track" : `these ${found.toLocaleString("en")} tracks`;
    panel.replaceChildren(
      ...(found ? [link(`See ${which} as a list`, data.selection), "or take them as ", ...data.files.map(([label, address]) => link(label, address))] : ["No track is there. "]),
      clear
    );
    panel.hidden = false;
    say(found === 1 ? "1 track is selected." : `${found.toLocaleString("en")} tracks are selected.`);
    restyle();
  }

  function clearSelection() {
    [outline, selected, panel.hidden] = [null, null, true];
    say("");
    box.focus({ preventScroll: true });
    restyle();
  }

  function finishDrawing() {
    const corners = drawn;
    drawn = null;
    request();
    if (!corners || corners.length < 2) return;
    const [xs, ys] = [corners.map(([px]) => px), corners.map(([, py]) => py)];
    if (Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys) < 6) return;
    let line = corners;
    for (let tolerance = 0.5; mode === "lasso" && line.length > MAX_CORNERS; tolerance *= 1.5) line = simplified(corners, tolerance);
    // A lasso that is a single line encloses nothing, and two corners would be a box.
    if (mode === "lasso" && line.length < 3) return;
    select(line.map((corner) => placeAt(...corner)));
  }

  // --- Pointers

  const pointers = new Map();
  let moved = 0;
  const at = (event) => {
    const edge = canvas.getBoundingClientRect();
    return [event.clientX - edge.left, event.clientY - edge.top];
  };
  const takes = () => mode === "box" || mode === "lasso";

  box.addEventListener("pointerdown", (event) => {
    if (event.button || card.contains(event.target)) return;
    pointers.set(event.pointerId, at(event));
    moved = pointers.size > 1 ? Infinity : 0;
    drawn = takes() && pointers.size === 1 ? [at(event)] : null;
    if (event.pointerType === "mouse") box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    const now = at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" && !pinned && !card.contains(event.target)) focusOn(nearest(...now, 12)[0] ?? -1, false);
      return;
    }
    pointers.set(event.pointerId, now);
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    if (pointers.size > 1) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      const far = (place) => Math.hypot(place[0] - other[0], place[1] - other[1]) || 1;
      show({ ...view, left: view.left + (now[0] - before[0]) / 2, bottom: view.bottom + (now[1] - before[1]) / 2 });
      zoom(far(now) / far(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else if (drawn) {
      drawn = mode === "box" ? [drawn[0], now] : [...drawn, now];
      request();
    } else if (moved > 3 && (event.pointerType === "mouse" || mode === "move")) {
      show({ ...view, left: view.left + now[0] - before[0], bottom: view.bottom + now[1] - before[1] });
    }
  });
  const release = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === "pointercancel") drawn = null;
    else if (drawn && moved > 6) finishDrawing();
    else if (moved < 6) {
      const [found = -1] = nearest(...at(event), event.pointerType === "mouse" ? 12 : 24);
      focusOn(found, found >= 0);
    }
    drawn = null;
  };
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", release);
  box.addEventListener("pointerleave", () => pinned || focusOn(-1, false));
  // One finger scrolls the page; two are for the map.
  box.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), ...at(event));
  }, { passive: false });
  box.addEventListener("dblclick", (event) => card.contains(event.target) || zoom(2, ...at(event)));

  // --- Keys

  function step(dx, dy) {
    const [gx, gy] = focus >= 0 ? [x[focus], y[focus]] : placeAt(frame.left + frame.wide / 2, frame.top + frame.high / 2);
    const [low, high] = [placeAt(frame.left, frame.top + frame.high), placeAt(frame.left + frame.wide, frame.top)];
    let [best, found] = [Infinity, -1];
    for (let i = 0; i < count; i++) {
      if (i === focus || x[i] < low[0] || x[i] > high[0] || y[i] < low[1] || y[i] > high[1] || !isShown(i)) continue;
      const along = (x[i] - gx) * dx + (y[i] - gy) * dy;
      const across = Math.abs((x[i] - gx) * dy) + Math.abs((y[i] - gy) * dx);
      // Tracks at one place come one after the other.
      const isSame = focus >= 0 && !along && !across;
      if (focus >= 0 && (isSame ? i > focus !== dx + dy > 0 : along <= 0)) continue;
      const far = isSame ? Math.abs(i - focus) / count - 1 : focus < 0 ? Math.abs(along) + across : along + 2 * across;
      if (far < best) [best, found] = [far, i];
    }
    if (found >= 0) focusOn(found, true);
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== box) return;
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) show({ ...view, left: view.left - arrow[0] * 60, bottom: view.bottom + arrow[1] * 60 });
    else if (arrow) step(...arrow);
    else if (event.key === "+" || event.key === "=") zoom(1.6);
    else if (event.key === "-") zoom(1 / 1.6);
    else if (event.key === "0") show(home);
    else if (event.key === "Enter" && focus >= 0) card.querySelector("a")?.click();
    else if (event.key === "Escape") {
      focusOn(-1, false);
      pressed.clear();
      for (const button of tools.querySelectorAll("[data-number]")) button.setAttribute("aria-pressed", "false");
      clearSelection();
    } else return;
    event.preventDefault();
  });

  // --- Tools, legend and tables

  const actions = {
    in: () => zoom(1.6),
    out: () => zoom(1 / 1.6),
    reset: () => show(home),
    shown: () => select([placeAt(frame.left, frame.top + frame.high), placeAt(frame.left + frame.wide, frame.top)]),
  };
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) actions[button.dataset.do]();
    if (button.dataset.mode) {
      mode = mode === button.dataset.mode ? "" : button.dataset.mode;
      for (const each of tools.querySelectorAll("[data-mode]")) each.setAttribute("aria-pressed", String(each.dataset.mode === mode));
      box.classList.toggle("taking", Boolean(mode));
      box.classList.toggle("selecting", takes());
    }
    if (button.dataset.number) {
      const place = points.numbers.indexOf(Number(button.dataset.number));
      if (!pressed.delete(place)) pressed.add(place);
      button.setAttribute("aria-pressed", String(pressed.has(place)));
      restyle();
    }
  });

  tools.querySelector("[data-colour]").addEventListener("change", async (event) => {
    const { value: by, selectedOptions } = event.target;
    const name = selectedOptions[0].textContent;
    say("");
    try {
      const found = by && by !== "sureness" ? await readValues(data.values.replace("COLUMN", by), points) : {};
      if (event.target.value !== by) return;
      colour = { by, ...found };
      const [low, high] = by === "sureness" ? [0, 1] : [found.low, found.high];
      const figure = (number) => Number(number.toPrecision(3)).toLocaleString("en");
      if (by === "liked") say("Liked tracks are green.");
      else if (by) say(`Blue is little ${name} (${figure(low)}), orange is much (${figure(high)}).`);
      restyle();
    } catch {
      say("These colours could not be loaded. Try again later.");
      event.target.value = colour.by;
    }
  });

  function hint(number) {
    const place = number === undefined ? null : points.numbers.indexOf(Number(number));
    if (place === hinted) return;
    hinted = place;
    restyle();
  }
  const rowOf = (event) => (event.target instanceof Element ? event.target.closest("tr[data-track]") : null);
  for (const [entering, leaving] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(entering, (event) => {
      const row = rowOf(event);
      const i = row ? indexOf.get(Number(row.dataset.track)) : undefined;
      if (i !== undefined && !pinned) focusOn(i, false);
      const heading = event.target instanceof Element ? event.target.closest("[data-number], .cluster h2") : null;
      if (heading) hint(heading.dataset.number ?? heading.closest("[data-cluster]").dataset.cluster);
    });
    document.addEventListener(leaving, (event) => {
      if (rowOf(event) && !pinned) focusOn(-1, false);
      if (hinted !== null) hint();
    });
  }

  for (const button of tools.querySelectorAll("[data-number]")) {
    const swatch = button.querySelector("canvas").getContext("2d");
    const group = known.get(Number(button.dataset.number));
    swatch.fillStyle = group.colour;
    trace(swatch, group.marker, 16, 16, 11);
    swatch.fill();
  }

  // A track's page leads here with #track- and its number.
  function goToTrack(isFirst) {
    const id = /^#track-(\d+)$/.exec(location.hash)?.[1];
    if (!id) return;
    const i = indexOf.get(Number(id));
    if (i === undefined) return say("This track is not on the map.");
    centreOn(x[i], y[i], 4);
    focusOn(i, true);
    box.scrollIntoView({ block: "center" });
    if (isFirst) box.focus({ preventScroll: true });
  }

  retheme();
  resize();
  restyle();
  new ResizeObserver(() => {
    resize();
    request();
  }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
  addEventListener("hashchange", () => goToTrack(false));
  goToTrack(true);
}

async function openMap(figure, element) {
  try {
    const data = JSON.parse(element.textContent);
    start(figure, data, await readPoints(data.points));
  } catch (error) {
    // The plot stays.
    figure.classList.add("without-map");
    throw error;
  }
}

const element = document.getElementById("map-data");
const figure = element?.closest("figure");
if (figure) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    openMap(figure, element);
  }, { rootMargin: "300px" });
  // Who comes from a track's page wants the map, wherever it is.
  if (location.hash.startsWith("#track-")) openMap(figure, element);
  else seen.observe(figure);
}
