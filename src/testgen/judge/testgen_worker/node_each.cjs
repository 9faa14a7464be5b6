// Preloaded into every process of Node.js that a test command starts: where `node --test` runs under V8's coverage it
// writes down what each test of one file covers, which would else take a run for each.
//
// At the end of the process of that file every test is run by itself, in a process that has its own coverage
// (`node_alone`). Of which branches a report speaks depends on how often they were taken, so these are the ones of the
// whole run, each with whether the test takes it. What the process itself covers is written down without a name: where
// that is not what the report says, as with source maps or branches put together from several processes, the rest may
// not be believed. TESTGEN_EACH has the names, a line each, TESTGEN_EACH_OF is the source, TESTGEN_EACH_IN the test
// file, TESTGEN_EACH_TO the folder for what is found (`each_record`).
"use strict";

const { spawnSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const v8 = require("v8");
const { record } = require("./each_record.cjs");

const { TESTGEN_EACH: names, NODE_V8_COVERAGE: coverage } = process.env;
const { TESTGEN_EACH_OF: source, TESTGEN_EACH_IN: testFile, TESTGEN_EACH_TO: folder } = process.env;
const SECONDS = 10;

// The ranges of the source that were counted, by the files with coverage in a folder; one list for each time that it
// was loaded. The functions in it that never ran have no branches.
function counted(from, isWanted = () => true) {
  const files = fs.readdirSync(from).filter((name) => name.endsWith(".json") && isWanted(name));
  const scripts = files.flatMap((name) => JSON.parse(fs.readFileSync(path.join(from, name), "utf8")).result);
  return scripts
    .filter(({ url }) => url === pathToFileURL(source).href)
    .map(({ functions }) =>
      functions.flatMap(({ ranges, isBlockCoverage }) =>
        ranges.map(({ startOffset: start, endOffset: end, count }) => ({ start, end, count, isBlockCoverage })),
      ),
    );
}

// How often something between two places ran: as often as the smallest range around it.
function count(scripts, { start, end }) {
  const size = (one) => one.end - one.start;
  const around = ({ start: first, end: last }) => first <= start && end <= last;
  const smallest = (best, one) => (size(one) <= size(best) ? one : best);
  const none = { start: 0, end: Infinity, count: 0 };
  return scripts.reduce((sum, ranges) => sum + ranges.filter(around).reduce(smallest, none).count, 0);
}

// How often a branch was taken: as often as it was begun, as a test may end in the middle of it.
function taken(scripts, { start, end }) {
  const isSame = (one) => one.start === start && one.end === end;
  const some = scripts.map((ranges) => (ranges.some(isSame) ? ranges.filter(isSame) : ranges));
  return count(some, { start, end: start + 1 });
}

// The lines of the source and its branches as reports have them: a branch for every range of a function that ran, on the
// line where it begins. What begins behind the last letter of a line is on it for Node.js, on the next one for c8.
function described(scripts) {
  const lines = [];
  let start = 0;
  for (const text of fs.readFileSync(source, "utf8").split(/(?<=\n)/)) {
    lines.push({ start, end: start + text.replace(/\r?\n$/, "").length });
    start += text.length;
  }
  const isByNode = path.basename(coverage).startsWith("node-coverage-");
  const lineOf = ({ start }) => lines.findIndex(({ end }) => (isByNode ? start <= end : start < end)) + 1;
  const ranges = scripts.length === 1 ? scripts[0].filter((range) => range.isBlockCoverage) : [];
  const branches = ranges.map((range) => ({ ...range, line: lineOf(range) })).filter(({ line }) => line > 0);
  return { lines, branches };
}

function write(name, { lines, branches }, scripts) {
  const data = {
    statementMap: lines.map((_, line) => ({ start: { line: line + 1 } })),
    branchMap: branches.map(({ line }) => ({ loc: { start: { line } } })),
    b: branches.map(() => [0]),
  };
  const hits = (key) => (key.includes(" ") ? taken(scripts, branches[parseInt(key)]) : count(scripts, lines[key]));
  record(name, data, hits);
}

// What a test covers in a process of its own; nothing if it is not green there, or not the only one.
function alone(name, place) {
  const own = path.join(folder, `${process.pid}-alone-${place}`);
  const passed = path.join(own, "passed");
  fs.mkdirSync(own, { recursive: true });
  const words = name.split(" ").map((word) => word.replace(/[^\w]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`));
  const titles = words.map((_, first) => words.slice(first).join("\\u0020"));
  const options = [
    `--test-name-pattern=^(?:${titles.join("|")})$`,
    `--test-reporter=${pathToFileURL(path.join(__dirname, "node_alone.mjs"))}`,
    `--test-reporter-destination=${passed}`,
  ];
  const { NODE_TEST_CONTEXT: _, TESTGEN_EACH: __, ...env } = process.env;
  const reporters = / --test-reporter(-destination)?=("[^"]*"|\S*)/g;
  Object.assign(env, { NODE_V8_COVERAGE: own, NODE_OPTIONS: ` ${env.NODE_OPTIONS}`.replace(reporters, "") });
  spawnSync(process.execPath, [...process.execArgv, ...options, testFile], { env, stdio: "ignore", timeout: SECONDS * 1000 });
  const tests = fs.existsSync(passed) ? fs.readFileSync(passed, "utf8").split("\n").filter(Boolean) : [];
  const only = tests.filter((one) => one === name).length === 1 && tests.every((one) => `${one} `.startsWith(`${name} `));
  const scripts = only ? counted(own) : [];
  fs.rmSync(own, { recursive: true });
  return scripts;
}

// Has the counts written now, as they would be in a moment, but for those of our own files; no more is counted.
function take() {
  const before = fs.existsSync(coverage) ? fs.readdirSync(coverage) : [];
  v8.takeCoverage();
  v8.stopCoverage();
  const isTaken = (name) => name.includes(`-${process.pid}-`) && !before.includes(name);
  for (const name of fs.readdirSync(coverage).filter(isTaken)) {
    const file = path.join(coverage, name);
    const { result, ...rest } = JSON.parse(fs.readFileSync(file, "utf8"));
    const theirs = result.filter(({ url }) => !url.startsWith(pathToFileURL(__dirname).href));
    fs.writeFileSync(file, JSON.stringify({ result: theirs, ...rest }));
  }
  return counted(coverage, isTaken);
}

function finish() {
  const scripts = take();
  if (!names || scripts.length === 0) return;
  const whole = described(scripts);
  write("", whole, scripts);
  if (process.argv[1] !== testFile) return;
  names.split("\n").forEach((name, place) => {
    const found = alone(name, place);
    if (found.length) write(name, whole, found);
  });
}

// Behind all others who hear that the process ends.
if (coverage && v8.takeCoverage) {
  const { emit } = process;
  process.emit = function (event, ...rest) {
    const heard = emit.call(this, event, ...rest);
    if (event === "exit") finish();
    return heard;
  };
}
