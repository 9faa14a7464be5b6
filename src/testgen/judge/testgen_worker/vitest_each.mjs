// Stands between Vitest and @vitest/coverage-v8: writes down what each test of one file covers, which would else
// take a run for each.
//
// In a worker V8's counters are taken, which sets them to zero, when the file is loaded, and before and after each of
// its tests. All that was taken is added to what the provider takes in the end, so its report is what it would be
// without this. What was counted while the file was loaded and in one test goes to a provider of its own, whose report
// is of that test alone. Nothing is written where tests overlap. TESTGEN_EACH_OF is the source, TESTGEN_EACH_IN the
// test file, TESTGEN_EACH_TO the folder for what is found (`each_record`).
import fs from "node:fs";
import inspector from "node:inspector/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import each from "./each_record.cjs";

const { TESTGEN_EACH_OF: source, TESTGEN_EACH_IN: testFile, TESTGEN_EACH_TO: folder } = process.env;
const project = createRequire(path.join(process.cwd(), "package.json"));
const imported = (file) => import(pathToFileURL(file).href);
const { default: coverage } = await imported(project.resolve("@vitest/coverage-v8"));

// What was taken in a worker, in its order; `name` is that of the test it belongs to. A worker loads this module more
// than once.
const state = (globalThis[Symbol.for("testgen.each")] ??= { taken: [], running: null, overlap: false });

async function take(name) {
  const { result } = await state.session.post("Profiler.takePreciseCoverage");
  const ours = ({ url }) => url.startsWith("file://") && !url.includes("/node_modules/");
  state.taken.push({ name, result: result.filter(ours) });
}

// The prototype of what runs tests, whose place changes from version to version.
async function runners() {
  const folder = path.join(path.dirname(project.resolve("vitest/package.json")), "dist");
  const file = ["runners.js", "index.js"].map((name) => path.join(folder, name)).find(fs.existsSync);
  const { TestRunner, VitestTestRunner = TestRunner } = await imported(file);
  return VitestTestRunner.prototype;
}

function watchAll(runners) {
  if (runners.isWatched) return;
  const { onBeforeRunSuite } = runners;
  Object.assign(runners, {
    isWatched: true,
    async onBeforeRunSuite(suite) {
      if (suite.filepath === testFile) {
        await take(null);
        watch(this);
      }
      return onBeforeRunSuite.call(this, suite);
    },
  });
}

function watch(runner) {
  const { onBeforeRunTask, onAfterRunTask } = runner;
  Object.assign(runner, {
    async onBeforeRunTask(test) {
      await onBeforeRunTask.call(this, test);
      if (test.file.filepath !== testFile || !["run", "queued"].includes(test.mode)) return;
      state.overlap ||= state.running !== null;
      state.running = test;
      await take(null);
    },
    async onAfterRunTask(test) {
      if (test.file.filepath === testFile) {
        await take(state.overlap ? null : titles(test));
        state.running = null;
      }
      return onAfterRunTask.call(this, test);
    },
  });
}

function titles(test) {
  const found = [];
  for (let one = test; one && one !== test.file; one = one.suite) found.unshift(one.name);
  return found.join(" ");
}

// Leaves for the main process what each test reached of the source, with what loading the file did.
function leave([loading, ...others]) {
  const ofSource = ({ url }) => url === pathToFileURL(source).href;
  fs.mkdirSync(folder, { recursive: true });
  others.forEach(({ name, result }, place) => {
    if (name === null) return;
    const text = JSON.stringify({ name, result: [...loading.result, ...result].filter(ofSource) });
    fs.writeFileSync(path.join(folder, `${process.pid}-${place}.v8`), text);
  });
}

async function withAll(rest, parts) {
  const scripts = parts.flatMap(({ result }) => result);
  if (typeof rest !== "string") return { ...rest, result: [...rest.result, ...scripts] };
  const { result } = JSON.parse(fs.readFileSync(rest, "utf8")); // newer versions hand files on
  fs.writeFileSync(rest, JSON.stringify({ result: [...result, ...scripts] }));
  return rest;
}

// Only by the syntax tree are the branches of two reports the same ones; newer versions know no other way.
function prepare(provider) {
  provider.options.experimentalAstAwareRemapping = true;
}

async function recordAll(context, meta) {
  for (const name of fs.readdirSync(folder).filter((one) => one.endsWith(".v8"))) {
    const file = path.join(folder, name);
    const taken = JSON.parse(fs.readFileSync(file, "utf8"));
    const provider = await coverage.getProvider();
    provider.initialize(context);
    prepare(provider);
    provider.onAfterSuiteRun({ ...meta, coverage: typeof meta.coverage === "string" ? file : taken });
    const map = await provider.generateCoverage({ allTestsRun: false });
    fs.rmSync(file);
    if (!map.files().includes(source)) continue;
    const { data } = map.fileCoverageFor(source);
    const counts = each.counts(data);
    each.record(taken.name, data, (key) => counts[key]);
  }
}

async function getProvider() {
  const provider = await coverage.getProvider();
  const { initialize, onAfterSuiteRun, generateCoverage } = provider;
  let context, heard;
  return Object.assign(provider, {
    initialize(ctx) {
      context = ctx;
      initialize.call(this, ctx);
      prepare(this);
    },
    resolveOptions() {
      return { ...this.options, provider: "custom" }; // or the workers go by the name of the one that is wrapped
    },
    onAfterSuiteRun(meta) {
      if (meta.testFiles.some((file) => path.resolve(context.config.root, file) === testFile)) heard = meta;
      return onAfterSuiteRun.call(this, meta);
    },
    async generateCoverage(options) {
      if (heard && fs.existsSync(folder)) await recordAll(context, heard);
      return generateCoverage.call(this, options);
    },
  });
}

export default {
  async startCoverage(options) {
    await coverage.startCoverage(options);
    state.session ??= new inspector.Session();
    state.session.connect();
    await state.session.post("Profiler.enable");
    await state.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    watchAll(await runners());
  },
  async takeCoverage(options) {
    const rest = await coverage.takeCoverage(options);
    const offset = ({ url }) => options?.moduleExecutionInfo?.get(fileURLToPath(url))?.startOffset || 0;
    const parts = state.taken.splice(0).map(({ name, result }) => ({
      name,
      result: result.map((script) => ({ ...script, startOffset: offset(script) })),
    }));
    if (parts.length) leave(parts);
    return withAll(rest, parts);
  },
  async stopCoverage(options) {
    state.session.disconnect();
    await coverage.stopCoverage(options);
  },
  getProvider,
};
