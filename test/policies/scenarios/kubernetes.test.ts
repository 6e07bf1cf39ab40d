import { describe, expect, onTestFinished, test } from "vitest";
import { Story } from "../../e2e/tools/story.ts";
import { spoken } from "./spoken.ts";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      hostNetwork: true
      automountServiceAccountToken: false
      containers:
        - name: app
          image: registry.example/shop:1.4.0
          resources: { requests: { cpu: 100m }, limits: { memory: 64Mi } }
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
          securityContext:
            privileged: no
`;
const SERVICE = `---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: ClusterIP, ports: [{ port: 80 }] }
`;

describe("a manifest that sed edits", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "is denied for what the edit adds and only warned about what was there",
      "s/privileged: no/privileged: yes/",
      ["deny privileged k8s/web.yaml:17", "warn kept k8s/web.yaml:9"],
    ],
    [
      "needs approval for an image nobody can name, and in the second document as well",
      "s/shop:1.4.0/shop:latest/; s/ClusterIP/LoadBalancer/",
      [
        "require_approval image-tag k8s/web.yaml:13",
        "require_approval exposed-service k8s/web.yaml:22",
        "warn kept k8s/web.yaml:9",
      ],
    ],
    ["passes with a warning when the edit makes nothing worse", "s/1.4.0/1.4.1/", ["warn kept k8s/web.yaml:9"]],
    ["is not asked about once it is repaired", "s/hostNetwork: true/hostNetwork: false/", []],
  ])("%s", (_, script, expected) => {
    const story = begun({ "k8s/web.yaml": DEPLOYMENT + SERVICE });
    const { told } = story.json("plan", ".", "--", "sed", "-i", script, "k8s/web.yaml");
    expect(spoken(told, "kubernetes")).toEqual(expected);
  });

  test("that goes away with its namespace needs approval", () => {
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
    const story = begun({ "k8s/web.yaml": DEPLOYMENT, "k8s/namespace.yaml": namespace });
    const { told } = story.json("plan", ".", "--", "rm", "k8s/namespace.yaml", "k8s/web.yaml");
    expect(spoken(told, "kubernetes")).toEqual(["require_approval removed k8s/namespace.yaml"]);
  });
});

const WORKFLOW = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { generateName: build- }
spec:
  entrypoint: main
  podSpecPatch: '{"hostPID": true}'
  templates:
    - name: main
      container:
        image: registry.example/build:3
        securityContext: { privileged: true }
    - name: make
      resource:
        action: create
        manifest: |
          apiVersion: batch/v1
          kind: Job
          metadata: { name: "{{workflow.name}}" }
          spec:
            template:
              spec:
                serviceAccountName: job
                hostNetwork: true
                containers: [{ name: a, image: registry.example/job:1 }]
    - name: fine
      script: { image: "registry.example/script:1", command: [sh], source: echo }
`;
const BUCKET_PLAN = {
  format_version: "1.2",
  terraform_version: "1.11.0",
  planned_values: {},
  resource_changes: [
    {
      address: "aws_db_instance.main",
      mode: "managed",
      type: "aws_db_instance",
      name: "main",
      change: { actions: ["delete"], before: { storage_encrypted: true }, after: null, after_unknown: {} },
    },
  ],
};

describe("a change that hides", () => {
  test("pods in a workflow, in its texts and in files without an ending is judged like any other", () => {
    const story = begun({ "new/job": WORKFLOW, "new/pod": DEPLOYMENT, "new/plan": JSON.stringify(BUCKET_PLAN) });
    const { told } = story.json(
      "plan",
      ".",
      "--",
      "sh",
      "-c",
      "mkdir ci && cp new/job ci/build.yaml && cp new/pod new/plan ci/",
    );
    expect(spoken(told, "kubernetes")).toEqual([
      "deny privileged ci/build.yaml:11",
      "deny host-namespace ci/build.yaml:15",
      "deny host-namespace ci/pod:9",
      "require_approval passed-on ci/build.yaml:6",
      "warn no-limits ci/build.yaml:15",
    ]);
    expect(spoken(told, "infrastructure")).toEqual(["deny destroy-stateful ci/plan:1"]);
  });
});

function begun(files: Readonly<Record<string, string>>): Story {
  const story = new Story("kubernetes", { judges: ["kubernetes", "infrastructure"] });
  onTestFinished(() => story.remove());
  story.write(files);
  return story;
}
