// Writes down what one test covers: a file whose first line is the test's name and the rest an LCOV record.
"use strict";

const fs = require("fs");
const path = require("path");

const { TESTGEN_EACH_OF: source, TESTGEN_EACH_TO: folder } = process.env;
let written = 0;

// `data` is Istanbul's coverage of the source; `hits` counts a statement by its key, or a way of a branch: "5 0".
function record(name, data, hits) {
  const lines = Object.entries(data.statementMap).map(([key, { start }]) => `DA:${start.line},${hits(key)}`);
  const ways = Object.entries(data.branchMap).flatMap(([key, { loc }]) =>
    data.b[key].map((_, way) => `BRDA:${loc.start.line},${key},${way},${hits(`${key} ${way}`)}`),
  );
  const text = [name.replace(/\n/g, " "), "TN:", `SF:${source}`, ...lines, ...ways, "end_of_record", ""];
  written += 1;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${process.pid}-${written}.each`), text.join("\n"));
}

// All counts of a file's coverage, under the keys that `record` asks for.
function counts({ s = {}, b = {} }) {
  const ways = Object.entries(b).flatMap(([key, some]) => some.map((count, way) => [`${key} ${way}`, count]));
  return Object.fromEntries([...Object.entries(s), ...ways]);
}

module.exports = { record, counts };
