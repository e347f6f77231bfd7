/* Draws a page's charts from the data element; sorting, copying, color scheme, print. */
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const config = {
    displaylogo: false, responsive: true,
    // Nothing leaves the page: no button that uploads a chart.
    showSendToCloud: false, plotlyServerURL: "",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toggleSpikelines"],
  };
  const darkScheme = window.matchMedia("(prefers-color-scheme: dark)");
  let printing = false;
  const printedWidth = 670; // px of A4 between its margins
  const colors = () => (darkScheme.matches && !printing ? data.colors.dark : data.colors.light);

  // A narrow chart has no room for the mode bar beside its legend; dragging zooms it all the same.
  const settings = (place) => ({ ...config, displayModeBar: place.offsetWidth > 900 ? "hover" : false });

  function stamps(packed) {
    let now = packed.from;
    return packed.steps.map((step) => (now += step * packed.unit));
  }
  // Stamps are unpacked once; color roles are put in for each drawing.
  function unpack(value) {
    if (Array.isArray(value)) return value.map(unpack);
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value.steps)) return stamps(value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
  }
  function colored(value, palette) {
    if (typeof value === "string") return value[0] === "@" ? palette[value.slice(1)] || value : value;
    if (Array.isArray(value)) {
      return typeof value[0] === "number" ? value : value.map((item) => colored(item, palette));
    }
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, colored(item, palette)]));
  }
  const charts = unpack(data.charts);
  const panels = unpack(data.prices);
  const logarithmic = {};

  function draw(place) {
    const figure = colored(charts[place.dataset.chart], colors());
    if (logarithmic[place.dataset.chart]) figure.layout.yaxis.type = "log";
    if (printing) figure.layout.width = printedWidth;
    return Plotly.react(place, figure.data, figure.layout, settings(place));
  }

  const choice = document.getElementById("instrument");
  const priceChart = document.getElementById("price-chart");
  function fills(name, side, symbol, color, size) {
    return {
      type: "scatter", mode: "markers", name: name, x: side.x, y: side.y, customdata: side.qty,
      marker: { symbol: symbol, size: size, color: color, line: { color: "@paper", width: 1.2 } },
      hovertemplate: name + " %{customdata} at %{y}<extra></extra>",
    };
  }
  function text(name) {
    return name.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }
  function span(panel) {
    const first = panel.x[0], last = panel.x[panel.x.length - 1];
    const room = panel.x.length > 1 ? (last - first) * 0.01 : 3600000;
    return [first - room, last + room];
  }
  function priceFigure(panel) {
    const lines = (color, inside) => ({ line: { color: color, width: 1 }, fillcolor: inside });
    const grid = { gridcolor: "@grid", linecolor: "@line", tickfont: { size: 11.5, color: "@soft" }, automargin: true };
    const title = (words) => ({ text: words, font: { size: 12, color: "@soft" }, standoff: 8 });
    const bars = {
      type: "candlestick", name: "Price", x: panel.x, open: panel.open, high: panel.high,
      low: panel.low, close: panel.close, increasing: lines("@gray", "@paper"), decreasing: lines("@soft", "@soft"),
    };
    const count = panel.buy.x.length + panel.sell.x.length;
    const size = count > 600 ? 6 : count > 150 ? 8 : 10;
    return {
      data: [bars, fills("Buy", panel.buy, "triangle-up", "@blue", size), fills("Sell", panel.sell, "triangle-down", "@orange", size)],
      layout: {
        height: 480, margin: { l: 10, r: 20, t: 34, b: 10 }, paper_bgcolor: "@paper", plot_bgcolor: "@paper",
        font: { family: getComputedStyle(document.body).fontFamily, size: 12.5, color: "@ink" },
        xaxis: { ...grid, type: "date", showgrid: false, rangeslider: { visible: false }, range: span(panel), title: title("Date (UTC)") },
        yaxis: { ...grid, title: title("Price of " + text(panel.name)), tickformat: ",~f" },
        legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" }, hovermode: "closest", uirevision: panel.name,
        hoverlabel: { bgcolor: "@paper", bordercolor: "@line", font: { color: "@ink" } }, dragmode: "zoom",
        modebar: { bgcolor: "rgba(0,0,0,0)", color: "@soft", activecolor: "@blue" },
      },
    };
  }
  function drawPrice() {
    if (!priceChart || !panels.length) return null;
    const panel = panels[Number(choice.value) || 0];
    const figure = colored(priceFigure(panel), colors());
    document.getElementById("price-note").textContent = panel.note;
    if (printing) figure.layout.width = printedWidth;
    return Plotly.react(priceChart, figure.data, figure.layout, settings(priceChart));
  }
  // A zoom in time rescales the price axis to the bars in view.
  function followPrice(change) {
    const from = change["xaxis.range[0]"], to = change["xaxis.range[1]"];
    if (from === undefined || change["yaxis.range[0]"] !== undefined) return;
    const panel = panels[Number(choice.value) || 0];
    const utc = (stamp) => (typeof stamp === "number" ? stamp : Date.parse(stamp.replace(" ", "T") + (stamp.length > 10 ? "Z" : "T00:00Z")));
    const start = utc(from), end = utc(to);
    let low = Infinity, high = -Infinity;
    panel.x.forEach((stamp, row) => {
      if (stamp >= start && stamp <= end) { low = Math.min(low, panel.low[row]); high = Math.max(high, panel.high[row]); }
    });
    if (low < high) Plotly.relayout(priceChart, { "yaxis.range": [low - (high - low) * 0.05, high + (high - low) * 0.05] });
  }

  const places = Array.from(document.querySelectorAll("[data-chart]"));
  function drawAll() { return Promise.all([...places.map(draw), drawPrice()]); }

  document.querySelectorAll("[data-log]").forEach((box) => box.addEventListener("change", () => {
    logarithmic[box.dataset.log] = box.checked;
    draw(places.find((place) => place.dataset.chart === box.dataset.log));
  }));
  if (choice) choice.addEventListener("change", drawPrice);
  darkScheme.addEventListener("change", drawAll);
  window.addEventListener("beforeprint", () => { printing = true; drawAll(); });
  window.addEventListener("afterprint", () => { printing = false; drawAll(); });

  function sortKey(cell) {
    const given = cell.querySelector("[data-sort]");
    const words = given ? given.dataset.sort : cell.textContent.trim();
    if (/^\d{4}-\d\d-\d\d/.test(words)) return words;
    if (words === "–") return -Infinity;
    const number = Number(words.replace(/−/g, "-").replace(/[,\s%+]/g, "").replace("∞", "Infinity"));
    return Number.isNaN(number) ? words : number;
  }
  function sortBy(heading) {
    const table = heading.closest("table"), column = heading.cellIndex;
    const falling = heading.getAttribute("aria-sort") === "descending";
    table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", falling ? "ascending" : "descending");
    const rows = Array.from(table.tBodies[0].rows, (row) => [sortKey(row.cells[column]), row]);
    rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (falling ? 1 : -1));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  }
  document.querySelectorAll(".sortable th").forEach((heading) => heading.addEventListener("click", () => sortBy(heading)));

  const copy = document.getElementById("copy");
  if (copy) copy.addEventListener("click", () => {
    const range = document.createRange();
    range.selectNodeContents(document.getElementById("manifest-text"));
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    copy.textContent = document.execCommand("copy") ? "Copied" : "Selected: copy it with your keyboard";
  });

  drawAll().then(() => {
    if (priceChart && panels.length) priceChart.on("plotly_relayout", followPrice);
    document.documentElement.dataset.drawn = "yes";
  });
})();
