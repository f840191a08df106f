// Prints Tabler's stylesheet without the rules that cannot apply: those with a class, an id or a data attribute that the text
// on standard input never names. Elements, other attributes, states, variables and animations are no reason to go, because
// Django and the people who write notices name those.
import { readFileSync } from "node:fs";

const SHEET = "node_modules/@tabler/core/dist/css/tabler.min.css";

// A state that stands alone (`:focus-visible`) names nothing that could be found; tom-select composes classes while it runs.
const safelist = { standard: [/^:/], greedy: [/^ts-/] };

async function trimmed(names, sheet) {
  const { PurgeCSS } = await import("purgecss");
  const elements = { attributes: { names: [], values: [] }, classes: [], ids: [], tags: sheet.match(/[a-z][a-z0-9]*/g), undetermined: [] };
  const attributes = [...sheet.matchAll(/\[(?!data-(?!bs-theme))([\w-]+)/g)].map((found) => found[1]);
  const [made] = await new PurgeCSS().purge({
    content: [{ raw: names, extension: "names" }, { raw: "", extension: "elements" }],
    extractors: [{ extensions: ["elements"], extractor: () => elements }],
    css: [{ raw: sheet }],
    dynamicAttributes: [...new Set(attributes)],
    safelist,
  });
  return made.css;
}

try {
  const names = new Set(readFileSync(0, "utf8").match(/[A-Za-z0-9_-]+/g));
  process.stdout.write(await trimmed([...names].join(" "), readFileSync(SHEET, "utf8")));
} catch (problem) {
  console.error(String(problem.message).split("\n")[0]);
  process.exitCode = 1;
}
