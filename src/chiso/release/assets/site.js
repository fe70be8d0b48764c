/* Sorting and searching tables. Every page can be read without it. */
(function () {
  "use strict";

  var collator = new Intl.Collator("vi", { numeric: true });

  function plain(text) {
    return text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐ]/g, "d")
      .toLowerCase()
      .trim();
  }

  function value(row, column, kind) {
    var cell = row.cells[column];
    if (kind !== "number") {
      return cell.textContent.trim();
    }
    var given = cell.getAttribute("data-value");
    return given === null || given === "" ? null : Number(given);
  }

  function compare(kind, direction) {
    return function (a, b) {
      if (a.value === null || b.value === null) {
        // Unknown stays last whichever way the table is sorted.
        return (a.value === null) - (b.value === null) || a.place - b.place;
      }
      var order = kind === "number" ? a.value - b.value : collator.compare(a.value, b.value);
      return order * direction || a.place - b.place;
    };
  }

  function sort(table, header) {
    var kind = header.getAttribute("data-sort");
    var descending = header.getAttribute("aria-sort") === "ascending";
    var body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row, place) {
      return { row: row, place: place, value: value(row, header.cellIndex, kind) };
    });
    rows.sort(compare(kind, descending ? -1 : 1));
    rows.forEach(function (item) {
      body.appendChild(item.row);
    });
    table.querySelectorAll("th[aria-sort]").forEach(function (other) {
      other.removeAttribute("aria-sort");
    });
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }

  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    table.querySelectorAll("th[data-sort]").forEach(function (header) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      while (header.firstChild) {
        button.appendChild(header.firstChild);
      }
      header.appendChild(button);
      button.addEventListener("click", function () {
        sort(table, header);
      });
    });
  });

  document.querySelectorAll("[data-find-for]").forEach(function (box) {
    var table = document.getElementById(box.getAttribute("data-find-for"));
    var input = box.querySelector("input");
    var output = box.querySelector("output");
    box.hidden = false;
    input.addEventListener("input", function () {
      var wanted = plain(input.value);
      var shown = 0;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        var text = row.getAttribute("data-find") + " " + row.querySelector("th").textContent;
        row.hidden = wanted !== "" && plain(text).indexOf(wanted) < 0;
        shown += row.hidden ? 0 : 1;
      });
      var message = shown ? output.getAttribute("data-some") : output.getAttribute("data-none");
      output.textContent = wanted === "" ? "" : message.replace("{n}", shown);
    });
  });

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (details) {
      details.open = true;
    });
  });
})();
