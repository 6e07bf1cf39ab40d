package cabincrew.workspace

import data.cabincrew.changes
import data.cabincrew.secrets

# METADATA
# title: No credential files
# description: is by its name a file of keys or passwords; once written it spreads by copies, commits and backups.
# custom:
#   rule: workspace/credential-file
#   severity: critical
#   fix: Keep it outside the workspace and map the value with --secret; show its shape in an example file.
deny contains finding if {
	some where in changes.written
	where.change.entry != "directory"
	secrets.credential_name(where)
	not secrets.public_certificate(where.change)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: No private keys in text
# description: gets a private key; whoever reads the file can act with it.
# custom:
#   rule: workspace/private-key
#   severity: critical
#   fix: Remove the key, keep it outside the workspace, and replace it if it was ever shared.
deny contains finding if {
	some where in changes.written
	some i, line in where.change.added
	secrets.private_key(where.change.added, i, line.text)
	finding := changes.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: No private keys in plans
# description: holds a private key; artifacts are kept in the ledger's store and shown to reviewers.
# custom:
#   rule: workspace/private-key-artifact
#   severity: critical
#   fix: Make the engine leave the key out of what it reports.
deny contains finding if {
	some artifact in input.artifacts
	contains(artifact.body, "PRIVATE KEY")
	lines := [{"line": i + 1, "text": text} | some i, text in split(artifact.body, "\n")]
	some i, line in lines
	secrets.private_key(lines, i, line.text)
	message := concat("", ["The artifact ", artifact.name, " ", rego.metadata.rule().description])
	finding := object.union(changes.plain(rego.metadata.rule(), message), {"artifact": artifact.name})
}

# METADATA
# title: No registry tokens
# description: gets a token or password for a package registry; whoever reads the file can publish with it.
# custom:
#   rule: workspace/registry-token
#   severity: critical
#   fix: Refer to an environment variable instead, as in ${NPM_TOKEN}.
deny contains finding if {
	some where in changes.written
	changes.listed(where, data.paths.package_settings)
	some line in where.change.added
	secrets.registry_token(line.text)
	finding := changes.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Mentions of private keys
# description: gets the first line of a private key without key material beside it, so a person looks whether one follows.
# custom:
#   rule: workspace/private-key-mention
#   severity: medium
#   fix: Have it approved if it is documentation or a parser; otherwise remove the key.
require_approval contains finding if {
	some where in changes.written
	some i, line in where.change.added
	secrets.key_header(line.text)
	not secrets.private_key(where.change.added, i, line.text)
	finding := changes.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Certificates and public keys
# description: holds certificates or public keys, which decide whom programs trust.
# custom:
#   rule: workspace/certificate
#   severity: medium
#   fix: Have it approved by somebody who knows where it comes from.
require_approval contains finding if {
	some where in changes.written
	secrets.credential_name(where)
	secrets.public_certificate(where.change)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: No tokens in names
# description: has a token in its name, which every listing, log and commit repeats.
# custom:
#   rule: workspace/token-in-name
#   severity: critical
#   fix: Name it otherwise, and revoke the token if it was real.
deny contains finding if {
	some where in changes.written
	secrets.token_name(where.path)
	finding := changes.finding(rego.metadata.rule(), where)
}
