// Preloaded into every process of Node.js that a test command starts: in Jest it writes down what each test of
// one file covers, which would else take a run for each.
//
// Istanbul's counters are looked at before and after a test. What was counted while the file was loaded counts for
// every test, because each of them needs that. Nothing is written where tests overlap, or where the counters are not
// about the source as it stands there. TESTGEN_EACH_OF is the source, TESTGEN_EACH_IN the test file, TESTGEN_EACH_TO
// the folder for what is found (`each_record`).
"use strict";

const Module = require("module");
const { counts, record } = require("./each_record.cjs");

const { TESTGEN_EACH_OF: source, TESTGEN_EACH_IN: testFile } = process.env;

class Watch {
  constructor(global) {
    this.global = global;
    this.loading = {};
    this.before = null; // the counts when the test under way began
    this.overlap = false;
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

  counts() {
    return counts(this.data || {});
  }

  write(name, after) {
    if (!this.data) return;
    record(name, this.data, (key) => (this.loading[key] || 0) + after[key] - (this.before[key] || 0));
  }
}

// The titles around a test and its own, but for the one that the root of all has.
function titles(test) {
  const found = [];
  for (let one = test; one.parent; one = one.parent) found.unshift(one.name);
  return found.join(" ");
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
