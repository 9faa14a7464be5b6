// Preloaded into every process of Node.js that a test command starts: in Jest it writes down what each test of
// one file covers, which would else take a run for each.
//
// Istanbul's counters are looked at before and after a test. What was counted while the file was loaded counts for
// every test, because each of them needs that. Nothing is written where tests overlap, or where the counters are not
// about the source as it stands there. TESTGEN_EACH_OF is the source, TESTGEN_EACH_IN the test file, TESTGEN_EACH_TO
// the folder for what is found: files of which the first line is the test's name and the rest an LCOV record.
"use strict";

const fs = require("fs");
const path = require("path");
const Module = require("module");

const { TESTGEN_EACH_OF: source, TESTGEN_EACH_IN: testFile, TESTGEN_EACH_TO: folder } = process.env;

class Watch {
  constructor(global) {
    this.global = global;
    this.loading = {};
    this.before = null; // the counts when the test under way began
    this.overlap = false;
    this.written = 0;
  }

  hear({ name, test }) {
    if (name === "run_start") {
      this.loading = this.counts();
    } else if (name === "test_start") {
      this.overlap ||= this.before !== null || test.concurrent === true;
      this.before = this.counts();
    } else if (name === "test_skip" || name === "test_todo") {
      this.before = null;
    } else if (name === "test_done") {
      if (this.before !== null && !this.overlap) this.write(titles(test), this.counts());
      this.before = null;
    }
  }

  get data() {
    const data = (this.global.__coverage__ || {})[source];
    return data && !data.inputSourceMap ? data : null;
  }

  // By the number of a statement, or of a branch and a way of it: "3", "5 0".
  counts() {
    const { s = {}, b = {} } = this.data || {};
    const ways = Object.entries(b).flatMap(([key, counts]) => counts.map((count, way) => [`${key} ${way}`, count]));
    return Object.fromEntries([...Object.entries(s), ...ways]);
  }

  write(name, after) {
    if (!this.data) return;
    const hits = (key) => (this.loading[key] || 0) + after[key] - (this.before[key] || 0);
    const { statementMap, branchMap, b } = this.data;
    const lines = Object.entries(statementMap).map(([key, { start }]) => `DA:${start.line},${hits(key)}`);
    const ways = Object.entries(branchMap).flatMap(([key, { loc }]) =>
      b[key].map((_, way) => `BRDA:${loc.start.line},${key},${way},${hits(`${key} ${way}`)}`),
    );
    const record = [name, "TN:", `SF:${source}`, ...lines, ...ways, "end_of_record", ""];
    this.written += 1;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${process.pid}-${this.written}.each`), record.join("\n"));
  }
}

// The titles around a test and its own, but for the one that the root of all has.
function titles(test) {
  const found = [];
  for (let one = test; one.parent; one = one.parent) found.unshift(one.name);
  return found.join(" ").replace(/\n/g, " ");
}

function watched(runner) {
  return function (globalConfig, config, environment, runtime, testPath, ...rest) {
    if (testPath === testFile) {
      const watch = new Watch(environment.global);
      const own = environment.handleTestEvent;
      environment.handleTestEvent = function (event, state) {
        watch.hear(event);
        return own && own.call(this, event, state);
      };
    }
    return runner.call(this, globalConfig, config, environment, runtime, testPath, ...rest);
  };
}

const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (!/[\\/]jest-circus[\\/]runner\.js$/.test(request)) return loaded;
  return typeof loaded === "function" ? watched(loaded) : { ...loaded, default: watched(loaded.default) };
};
