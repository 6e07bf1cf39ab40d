import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { builtinPolicyPack } from "../../../policies/index.ts";
import { project, RUN, terraform } from "../../e2e/tools/recipe.ts";
import { Story } from "../../e2e/tools/story.ts";
import { input } from "../input.ts";
import { startJudge } from "../packs.ts";
import { spoken } from "./spoken.ts";

const FIXTURE = path.join(import.meta.dirname, "../../fixtures/plans/cloud.json");

describe("a plan for three clouds", () => {
  const text = readFileSync(FIXTURE, "utf8");

  test("every change that destroys, exposes or allows too much is named with its line", async () => {
    const [evaluation] = await judge(text);
    expect(evaluation?.failure).toBeUndefined();
    const told = (evaluation?.findings ?? []).map(({ decision, rule, message, line }) => [
      `${decision} ${rule?.replace("infrastructure/", "")}`,
      message.slice(0, message.indexOf(". ")),
      text.split("\n")[(line ?? 0) - 1]?.trim().replace(/,$/, "").slice(0, 40),
    ]);
    expect(told).toEqual([
      ["deny destroy-stateful", "aws_s3_bucket.uploads is destroyed", '"actions": ["delete"]'],
      ["deny public-database", "aws_db_instance.shop sets publicly_accessible", '"publicly_accessible": true'],
      ["deny public-ingress", "aws_security_group.web opens port 22 to 0.0.0.0/0", '"cidr_blocks": ["0.0.0.0/0"]'],
      [
        "deny wildcard-permissions",
        "module.ci.aws_iam_role_policy.deploy allows every action on every resource",
        '"policy": "{\\"Version\\": \\"2012-10-17\\",',
      ],
      ["deny administrator", "google_project_iam_member.robot gives roles/owner", '"role": "roles/owner"'],
      [
        "require_approval backups-lowered",
        "aws_db_instance.shop lowers backup_retention_period from 14 to 1",
        '"backup_retention_period": 1',
      ],
      [
        "require_approval protection-off",
        "aws_db_instance.shop turns off deletion_protection",
        '"deletion_protection": false',
      ],
      ["require_approval unknown", "module.ci.aws_iam_role_policy.logs does not show policy", '"policy": true'],
      ["require_approval unencrypted", "aws_ebs_volume.scratch[0] does not set encrypted", '"encrypted": false'],
      [
        "require_approval public-port",
        "google_compute_firewall.admin opens port 8443 to 0.0.0.0/0",
        '"source_ranges": ["0.0.0.0/0"]',
      ],
      [
        "require_approval provisioner",
        "aws_instance.web runs a local-exec provisioner",
        '"address": "aws_instance.web"',
      ],
      ["warn drift", "aws_instance.web was changed outside: update", "{"],
      ["warn kept", "azurerm_network_security_group.db opens port 5432 to Internet", "{"],
    ]);
  });

  test("a plan of hundreds of resources has a finding for each", async () => {
    const plan = JSON.parse(text);
    const [, , group] = plan.resource_changes;
    const many = Array.from({ length: 400 }, (_, index) => ({ ...group, address: `aws_security_group.web[${index}]` }));
    const [evaluation] = await judge(JSON.stringify({ ...plan, resource_changes: many }));
    expect(evaluation?.evidence).toMatchObject({ findings: { deny: 400 } });
    expect(evaluation?.findings.at(-1)?.rule).toBe("infrastructure/drift");
  });

  test("a plan cut off in the middle is not taken for none", async () => {
    const [evaluation] = await judge(text.slice(0, text.length / 2));
    expect(evaluation?.findings.map(({ decision, rule }) => [decision, rule])).toEqual([
      ["require_approval", "infrastructure/unread"],
    ]);
  });

  function judge(body: string) {
    const artifact = {
      name: "plan.json",
      role: "evidence",
      artifact_type: "plan",
      action: "create",
      mime: "application/json",
      metadata: {},
      body,
    } as const;
    return startJudge([{ directory: builtinPolicyPack("infrastructure") }]).judge(input([], { artifacts: [artifact] }));
  }
});

describe("configuration text", () => {
  test("a guard taken away and a network opened need approval, with the line", () => {
    const story = new Story("configuration", { judges: ["infrastructure"] });
    story.write({
      "main.tf": 'resource "aws_s3_bucket" "x" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n',
    });
    const rule = 'resource "aws_security_group_rule" "y" {\n  type = "ingress"\n  cidr_blocks = ["0.0.0.0/0"]\n}\n';
    const script = `sed -i /prevent_destroy/d main.tf && printf '%s' '${rule}' >> main.tf`;
    const { told } = story.json("plan", ".", "--", "sh", "-c", script);
    expect(spoken(told, "infrastructure")).toEqual([
      "require_approval prevent-destroy-removed main.tf",
      "require_approval open-network main.tf:7",
    ]);
    story.remove();
  });
});

describe.runIf(terraform)("a plan that terraform makes (needs terraform or tofu)", () => {
  const main = `resource "terraform_data" "gone" {
  input = "one"
}
resource "terraform_data" "again" {
  triggers_replace = ["one"]
  provisioner "local-exec" {
    command = "true"
  }
}
`;

  test("what it destroys and replaces, and what runs with it, needs approval", () => {
    const story = project("terraform", { "main.tf": main }, ["infrastructure"]);
    const tool = (...args: string[]) => story.tool([terraform ?? "terraform", ...args, "-input=false", "-no-color"]);
    tool("init");
    tool("apply", "-auto-approve");
    story.write({ "main.tf": main.slice(main.indexOf("}\n") + 2).replace('["one"]', '["two"]') });
    const { told, err } = story.json("plan", ...RUN);
    expect(told.state, err).toBe("AWAITING_APPROVAL");
    const lines = spoken(told, "infrastructure").map((each) => each.replace(/:([2-9]|\d\d+)$/, ":LINE"));
    expect(lines.sort()).toEqual([
      "require_approval destroy plan.json:LINE",
      "require_approval provisioner plan.json:LINE",
      "require_approval replace plan.json:LINE",
    ]);
  });

  test("a plan that only creates passes without a word", () => {
    const story = project("terraform", { "main.tf": main.slice(0, main.indexOf("}\n") + 2) }, ["infrastructure"]);
    const { told } = story.json("plan", ...RUN);
    expect(spoken(told, "infrastructure")).toEqual([]);
  });
});
