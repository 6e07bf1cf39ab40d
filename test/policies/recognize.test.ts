import { describe, expect, it } from "vitest";
import { embeddedIn } from "../../policies/view/embedded.ts";
import { parseText } from "../../policies/view/parse.ts";
import { formatIn } from "../../policies/view/recognize.ts";
import { selectView } from "../../policies/view/select.ts";
import { adding, change, input } from "./input.ts";

const POD = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n";
const PLAN = '{"format_version":"1.2","planned_values":{}}';

describe("a file whose name says nothing (POL-15)", () => {
  it.each<[string, string, string | undefined]>([
    ["a manifest", POD, "yaml"],
    ["what Helm renders", `---\n# Source: a/templates/b.yaml\n${POD}`, "yaml"],
    ["a manifest behind something else", `---\nreplicas: 1\n---\n${POD}`, "yaml"],
    ["a manifest in JSON", '{"kind":"Pod","apiVersion":"v1"}', "json"],
    ["JSON with escaped keys", '{"\\u006bind":"Pod","\\u0061piVersion":"v1"}', "json"],
    ["YAML in the form of JSON", "{apiVersion: v1, kind: Pod}", "yaml"],
    ["a script with a here-document", `#!/bin/sh\nkubectl apply -f - <<END\n${POD}END\n`, undefined],
    ["prose with an example", `Write this:\n\n${POD}`, undefined],
    ["a template that only names it", `{{- define "kind" }}\napiVersion: v1\n{{ end }}`, undefined],
    ["other keys", "kind: note\nname: a\n", undefined],
  ])("%s", (_, text, expected) => {
    expect(formatIn(text, ["kubernetes"])).toBe(expected);
  });

  it("is a Terraform plan by its keys, and only for a pack that asks", () => {
    expect(formatIn(PLAN, ["terraform-plan"])).toBe("json");
    expect(formatIn(PLAN, ["kubernetes"])).toBeUndefined();
    expect(formatIn('{"format_version":"1.2"}', ["terraform-plan"])).toBeUndefined();
    expect(formatIn(PLAN.slice(0, -1), ["terraform-plan"])).toBeUndefined();
  });

  it("is shown beside those that a glob includes, in the plan's order, and others are not read", async () => {
    const asked: string[] = [];
    const plan = input([
      adding("deploy/pod", POD.trimEnd().split("\n")),
      adding("docs/pod.md", POD.trimEnd().split("\n")),
      adding("a.yaml", ["x: 1"]),
      change("deploy/old"),
      change("src/a.ts"),
      change("gone", { op: "delete" }),
      change("link", { entry: "symlink" }),
    ]);
    const text = async (name: string) => {
      asked.push(name);
      return POD;
    };
    const view = { view: "documents", include: ["**/*.yaml"], recognize: ["kubernetes"] } as const;
    const { request } = await selectView(
      { ...view, include: [...view.include], recognize: [...view.recognize] },
      plan,
      {
        text,
      },
    );
    expect(request.files.map(({ path, format }) => [path, format])).toEqual([
      ["deploy/pod", "yaml"],
      ["a.yaml", undefined],
      ["deploy/old", "yaml"],
    ]);
    expect(new Set(asked)).toEqual(new Set(["file-0", "file-2", "file-3"]));
  });
});

describe("manifests inside of documents (POL-15)", () => {
  async function inside(text: string) {
    const parsed = await parseText("a.yaml", text, { parser: "auto", yaml: "1.1", lines: true });
    if ("unreadable" in parsed) throw new Error(parsed.unreadable);
    return (await embeddedIn(parsed.documents)).map(({ embedded, value, lines, unreadable }) => ({
      at: embedded,
      kind: (value as { kind?: string } | null)?.kind,
      line: lines[""],
      ...(unreadable === undefined ? {} : { unreadable }),
    }));
  }
  const head = "apiVersion: example.org/v1\nkind: Thing\nmetadata: { name: a }\nspec:\n";

  it("are objects with lines of their own, and references are none", async () => {
    const text = `${head}  objects:\n    - apiVersion: v1\n      kind: Pod\n      metadata: { name: b }\n  target: { apiVersion: v1, kind: Pod, name: b }\n`;
    expect(await inside(text)).toEqual([{ at: "/spec/objects/0", kind: "Pod", line: 6 }]);
  });

  it("are texts, with what another tool fills in later, and those of texts in turn", async () => {
    const pod = "apiVersion: v1\n      kind: Pod\n      {{ if a }}\n      metadata: { name: {{ name }} }\n";
    expect(await inside(`${head}  manifest: |\n      ${pod}`)).toEqual([
      { at: "/spec/manifest", kind: "Pod", line: 5 },
    ]);
    const map =
      "apiVersion: v1\n    kind: ConfigMap\n    data:\n      a: |\n        apiVersion: v1\n        kind: Pod\n";
    expect(await inside(`${head}  patch: |\n    ${map}`)).toEqual([
      { at: "/spec/patch", kind: "ConfigMap", line: 5 },
      { at: "/spec/patch/data/a", kind: "Pod", line: 5 },
    ]);
  });

  it("that cannot be read say so in their place, and the rest is judged", async () => {
    expect(await inside(`${head}  manifest: |\n    apiVersion: v1\n    kind: Pod\n    spec: [\n`)).toEqual([
      { at: "/spec/manifest", kind: undefined, line: 5, unreadable: expect.stringMatching(/\S/) },
    ]);
  });

  it("are not looked for in lists, whose items are found anyway, nor in what is no manifest", async () => {
    expect(await inside(`apiVersion: v1\nkind: List\nitems:\n  - ${POD.replaceAll("\n", "\n    ")}`)).toEqual([]);
    expect(await inside(`a:\n  ${POD.replaceAll("\n", "\n  ")}`)).toEqual([]);
  });

  it("beyond a thousand are refused", async () => {
    const objects = Array.from({ length: 1001 }, () => '{"apiVersion":"v1","kind":"Pod","spec":{}}');
    await expect(inside(`${head}  objects: [${objects.join(",")}]\n`)).rejects.toThrow(/more than 1000 manifests/);
  });
});
