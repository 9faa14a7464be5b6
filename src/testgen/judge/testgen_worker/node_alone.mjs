// A reporter for Node.js' test runner: the full names of the tests that passed, a line each, and of those that did
// not; what was left out, and a `describe`, is neither.
export default async function* passed(events) {
  const titles = [];
  for await (const { type, data } of events) {
    if (type === "test:start") titles.splice(data.nesting, Infinity, data.name);
    const ended = type === "test:pass" || type === "test:fail";
    if (!ended || data.skip !== undefined || data.details?.type === "suite") continue;
    const name = [...titles.slice(0, data.nesting), data.name].join(" ");
    yield `${type === "test:fail" ? "not ok: " : ""}${name}\n`;
  }
}
