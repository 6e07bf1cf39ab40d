package cabincrew.workspace_test

import data.cabincrew.workspace

edit := {
	"op": "update",
	"path": "src/a.ts",
	"entry": "file",
	"executable": false,
	"became_executable": false,
	"setid": false,
	"binary": false,
	"insertions": 1,
	"deletions": 0,
	"added": [{"line": 3, "text": "const a = 1;"}],
	"removed": [],
	"truncated": false,
}

plan(changes) := {
	"format": "cabincrew.preflight/1",
	"permissions": {"network": false, "env": [], "secrets": [], "read": [], "write": []},
	"artifacts": [{"name": "x", "change": object.union(edit, change)} | some change in changes],
	"summary": {"insertions": count(changes), "deletions": 0, "deleted": 0},
}

rules(document) := {concat(" ", [decision, finding.rule]) |
	some decision in ["deny", "require_approval", "warn"]
	some finding in workspace[decision] with input as document
}

of(change) := rules(plan([change]))

sized(summary) := rules(object.union(plan([{}]), {"summary": summary}))

allowed(permissions) := rules(object.union(plan([{}]), {"permissions": permissions}))

test_a_small_edit_is_allowed if of({}) == set()

test_links_that_stand_for_directories if of({"op": "create", "path": ".husky", "entry": "symlink", "link_target": "docs"}) != of({"op": "create", "path": "husky", "entry": "symlink", "link_target": "docs"})

test_every_finding_names_file_severity_and_fix if {
	some finding in workspace.deny with input as plan([{"path": ".git/config"}])
	finding.file == ".git/config"
	finding.artifact == "x"
	finding.severity == "critical"
	count(finding.fix) > 0
	startswith(finding.msg, ".git/config is inside a Git directory")
}

test_git_directories_in_any_disguise if {
	every path in [".git/hooks/pre-commit", "sub/.git", ".GIT/config", "a/.git./x", "GIT~1/config", ".g\u200cit/config", ".git::$INDEX/x"] {
		of({"path": path}) == {"deny workspace/git-write"}
	}
	of({"op": "delete", "path": ".git/index"}) == {"deny workspace/git-write"}
	of({"op": "rename", "path": "a.txt", "old_path": ".git/config"}) == {"deny workspace/git-write"}
	of({"op": "rename", "path": ".git/hooks/post-merge", "old_path": "a.sh"}) == {"deny workspace/git-write"}
	of({"path": "lib", "entry": "symlink", "link_target": ".git/hooks"}) == {"deny workspace/git-link"}
	of({"path": "vendor/x.git/hooks/update"}) == {"deny workspace/git-bare-write"}
}

test_names_that_only_look_like_git if {
	every path in [".gitignore", "docs/git.md", ".github/ISSUE_TEMPLATE.md", "git/config.ts", ".gitkeep"] {
		of({"path": path}) == set()
	}
}

test_credential_files if {
	every path in ["id_rsa", ".ssh/id_ed25519", "certs/server.key", "a.pfx", ".netrc", ".env", ".env.production", "prod.env", "home/.aws/credentials", ".kube/config", "ID_RSA"] {
		of({"path": path}) == {"deny workspace/credential-file"}
	}
}

test_names_that_only_look_like_credentials if {
	every path in [".env.example", ".env.sample", "id_rsa.pub", "src/env.ts", "environment.ts", "credentials/readme.md", "src/key.ts"] {
		of({"path": path}) == set()
	}
	of({"op": "delete", "path": "id_rsa"}) == set()
	of({"path": ".env", "entry": "directory"}) == set()
}

test_private_keys_in_text if {
	key := [{"line": 8, "text": "  -----BEGIN RSA PRIVATE KEY-----"}, {"line": 9, "text": "  MIIEowIBAAKCAQEAx0"}]
	of({"added": key}) == {"deny workspace/private-key"}
	of({"added": [{"line": 1, "text": `{"key": "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEAx0"}`}]}) == {"deny workspace/private-key"}
	of({"added": [{"line": 1, "text": `const header = "-----BEGIN PRIVATE KEY-----";`}]}) == {"require_approval workspace/private-key-mention"}
	some finding in workspace.deny with input as plan([{"added": key}])
	finding.line == 8
}

test_certificates_are_looked_at if {
	pem := [{"line": 1, "text": "-----BEGIN CERTIFICATE-----"}, {"line": 2, "text": "MIIDdzCCAl"}]
	of({"path": "ca.pem", "added": pem}) == {"require_approval workspace/certificate"}
	of({"path": "ca.pem"}) == {"deny workspace/credential-file"}
}

test_registry_tokens if {
	token := {"line": 2, "text": "//registry.example/:_authToken=abc"}
	of({"path": ".npmrc", "added": [token]}) == {"deny workspace/registry-token"}
	of({"path": ".npmrc", "added": [{"line": 2, "text": "//registry.example/:_authToken=${TOKEN}"}]}) == set()
}

test_files_that_people_look_at if {
	every path, rule in {
		".github/workflows/ci.yml": "ci",
		".gitlab-ci.yml": "ci",
		".circleci/config.yml": "ci",
		"Jenkinsfile": "ci",
		".buildkite/pipeline.yml": "ci",
		"azure-pipelines.yml": "ci",
		"Dockerfile": "container",
		"build/Dockerfile.dev": "container",
		"compose.yaml": "container",
		".husky/pre-commit": "repository-settings",
		".vscode/tasks.json": "repository-settings",
		"terraform.tfstate": "infrastructure-state",
	} {
		of({"path": path}) == {concat("", ["require_approval workspace/", rule])}
		of({"op": "rename", "path": "elsewhere.txt", "old_path": path}) == {concat("", ["require_approval workspace/", rule]) | rule != "infrastructure-state"}
	}
}

test_bits_links_and_binaries if {
	of({"became_executable": true}) == {"require_approval workspace/executable"}
	of({"setid": true}) == {"require_approval workspace/setid"}
	of({"op": "create", "binary": true}) == {"require_approval workspace/binary"}
	of({"binary": true, "path": "a.png"}) == {"warn workspace/binary-change"}
	of({"truncated": true}) == {"require_approval workspace/unseen"}
}

test_links if {
	every target in ["/etc/passwd", "../../x", "../src/../../x", "C:\\x", "b/../../../c"] {
		of({"path": "src/l", "entry": "symlink", "link_target": target}) == {"require_approval workspace/link-outside"}
	}
	every target in ["../x", "b", "./b/../c", "../docs/./a"] {
		of({"path": "src/l", "entry": "symlink", "link_target": target}) == set()
	}
}

test_size if {
	sized({"insertions": 200, "deletions": 200}) == set()
	sized({"insertions": 201, "deletions": 200}) == {"warn workspace/many-lines"}
	sized({"insertions": 4000, "deletions": 0}) == {"warn workspace/many-lines"}
	sized({"insertions": 4001, "deletions": 0}) == {"require_approval workspace/too-many-lines"}
	sized({"deleted": 50}) == set()
	sized({"deleted": 51}) == {"require_approval workspace/many-deletions"}
}

test_permissions if {
	allowed({"network": true}) == {"warn workspace/network"}
	allowed({"secrets": ["TOKEN"]}) == set()
	allowed({"network": true, "secrets": ["TOKEN"]}) == {"require_approval workspace/network-and-secrets"}
	allowed({"write": ["/srv"]}) == {"require_approval workspace/write-outside"}
}

test_unknown_documents_are_denied if {
	rules({}) == {"deny workspace/input-unknown"}
	rules(object.union(plan([]), {"format": "cabincrew.preflight/2"})) == {"deny workspace/input-unknown"}
}

test_broken_settings_are_denied if {
	small := plan([{}])
	broken(small, {"warn_lines": "400", "approve_lines": 1, "approve_deleted_files": 1}) == {"workspace/threshold-invalid"}
	broken(small, {"warn_lines": 400, "approve_lines": null, "approve_deleted_files": 1}) == {"workspace/threshold-invalid"}
	broken(small, null) == {"workspace/threshold-invalid"}
	broken(small, {"warn_lines": 4, "approve_lines": 5, "approve_deleted_files": 1, "lines": 3}) == {"workspace/threshold-unknown"}
}

broken(document, thresholds) := {finding.rule |
	some finding in workspace.deny with input as document with data.thresholds as thresholds
}

test_lists_can_be_changed if {
	findings := workspace.require_approval with input as plan([{"path": "Dockerfile"}])
		with data.paths.container.files as {"dockerfile": false}
	count(findings) == 0
	refused := workspace.deny with input as plan([{}]) with data.paths.container as ["yarn.lock"]
	{finding.rule | some finding in refused} == {"workspace/list-invalid"}
	unknown := workspace.deny with input as plan([{}]) with data.paths.lockfiles as {}
	{finding.rule | some finding in unknown} == {"workspace/list-unknown"}
}

test_names_that_are_one_where_case_does_not_count if {
	every path in [".github/work\ufb02ows/x.yml", "Docker\ufb01le", ".hu\u017f\u212ay/pre-commit"] {
		count(of({"path": path})) > 0
	}
}

test_encrypted_environment_files if {
	every path in [".env.vault", ".env.production.enc", ".env.sops"] {
		of({"path": path}) == set()
	}
	of({"path": ".env.encoded"}) == {"deny workspace/credential-file"}
}

test_compose_files_of_any_stage if {
	every path in ["compose.prod.yaml", "deploy/compose-dev.yml", "Dockerfile-dev"] {
		of({"path": path}) == {"require_approval workspace/container"}
	}
	of({"path": "src/compose.test.ts"}) == set()
}

test_tokens_in_names if {
	token := concat("", ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"])
	of({"op": "create", "path": concat("/", ["notes", token])}) == {"deny workspace/token-in-name"}
	of({"op": "delete", "path": token}) == set()
	of({"path": "ghp_short.txt"}) == set()
	of({"path": "docs/AKIA.md"}) == set()
}

test_text_that_turns_unreadable if {
	of({"binary": true, "became_binary": true, "path": "notes"}) == {"require_approval workspace/text-unreadable"}
	of({"binary": true, "path": "setup.PS1"}) == {"require_approval workspace/text-unreadable"}
	of({"binary": true, "path": "logo.png"}) == {"warn workspace/binary-change"}
	of({"op": "create", "binary": true, "path": "setup.ps1"}) == {"require_approval workspace/binary"}
}

migrates(path, lines) := rules(plan([{"op": "create", "path": path, "added": [{"line": i + 1, "text": line} | some i, line in lines]}]))

test_migrations_that_lose_data if {
	every path, lines in {
		"db/migrate/1_a.rb": ["class A", "  def change", "    drop_table :users"],
		"db/migrate/2_a.rb": ["  def up", "    remove_column :users, :email", "  end", "  def down", "    add_column :users, :email, :text"],
		"a/migrations/0002_a.py": ["    operations = [", "        migrations.RemoveField(model_name='a', name='b'),"],
		"b/migrations/0003_a.py": ["    operations = [migrations.RunSQL('DELETE FROM users')]"],
		"alembic/versions/1_a.py": ["def upgrade():", "    op.drop_column('users', 'email')", "", "def downgrade():", "    pass"],
		"migrations/1.js": ["exports.up = (knex) => knex.schema.dropTableIfExists('users');"],
		"migrations/2.js": ["  up: async (q) => {", "    await q.removeColumn('users', 'email');", "  },"],
		"database/migrations/3.php": ["    public function up(): void", "        Schema::dropIfExists('users');"],
		"Migrations/4.cs": ["protected override void Up(MigrationBuilder b)", "b.DropColumn(name: \"Email\", table: \"Users\");"],
		"db/changelog/1.xml": ["<changeSet id=\"1\">", "<dropTable tableName=\"users\"/>"],
		"priv/repo/migrations/1.exs": ["  def change do", "    drop table(:users)"],
		"src/migrations/5.ts": ["  async up(runner) {", "    await runner.query(`ALTER TABLE users DROP COLUMN email`);"],
	} {
		"require_approval workspace/migration-loss" in migrates(path, lines)
	}
}

test_migrations_that_lose_data_only_when_undone if {
	every path, lines in {
		"db/migrate/1_a.rb": ["  def up", "    create_table :users", "  end", "  def down", "    drop_table :users"],
		"alembic/versions/1_a.py": ["def upgrade():", "    op.create_table('users')", "def downgrade():", "    op.drop_table('users')"],
		"migrations/1.js": ["exports.up = (k) => k.schema.createTable('users');", "exports.down = (k) => k.schema.dropTable('users');"],
		"database/migrations/3.php": ["public function down(): void", "    Schema::dropIfExists('users');"],
		"db/changelog/1.xml": ["<createTable tableName=\"users\"/>", "<rollback>", "<dropTable tableName=\"users\"/>", "</rollback>"],
		"db/migrate/4_a.rb": ["  def change", "    # drop_table :users", "    remove_index :users, :email"],
		"src/tables.rb": ["    drop_table :users"],
		"migrations/5.py": ["DELETE FROM users WHERE id = 3"],
	} {
		migrates(path, lines) == set()
	}
}
