package cabincrew.supply_chain

import data.cabincrew.changed
import data.cabincrew.patterns
import data.cabincrew.workflow_files

# METADATA
# title: Actions that can be exchanged
# description: uses an action by a tag or branch, which its owner can point at other code at any time
# custom:
#   rule: supply-chain/action-unpinned
#   severity: medium
#   fix: Name the full commit, as in uses owner/name@<40 hex digits>, with the tag as a comment.
require_approval contains finding if {
	some where in workflow_files.workflows
	some action in workflow_files.unpinned(where)
	not data.trusted_action_owners[action.owner] == true
	finding := changed.finding_about(rego.metadata.rule(), where, action.line, action.name)
}

# METADATA
# title: Actions of trusted owners that can be exchanged
# description: uses an action of a trusted owner by a tag or branch
# custom:
#   rule: supply-chain/trusted-action-unpinned
#   severity: low
#   fix: Name the full commit, with the tag as a comment.
warn contains finding if {
	some where in workflow_files.workflows
	some action in workflow_files.unpinned(where)
	data.trusted_action_owners[action.owner] == true
	finding := changed.finding_about(rego.metadata.rule(), where, action.line, action.name)
}

# METADATA
# title: Workflows strangers can start
# description: runs with the project's own rights and secrets on what strangers send.
# custom:
#   rule: supply-chain/workflow-trigger
#   severity: high
#   fix: Use pull_request; where that cannot do, never check out or run what the pull request brings.
require_approval contains finding if {
	some where in workflow_files.workflows
	some line in changed.hits(where, `(?m)^\s*(?:-\s+)?["']?(?:pull_request_target|workflow_run)["']?\s*(?::|$|#)|(?:^|[{,])\s*["']?on["']?\s*:.*\b(?:pull_request_target|workflow_run)\b`)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Workflows with all rights
# description: gives a workflow the right to write everything in the repository.
# custom:
#   rule: supply-chain/workflow-write-all
#   severity: high
#   fix: Name the one permission it needs.
require_approval contains finding if {
	some where in workflow_files.workflows
	some line in changed.hits(where, `(?m)(?:^|[{,])\s*["']?permissions["']?\s*:\s*["']?write-all\b|^\s*["']?write-all["']?\s*$`)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Workflows that may write
# description: gives a workflow a right to write
# custom:
#   rule: supply-chain/workflow-write
#   severity: medium
#   fix: Look whether the job needs it, and give it to that job only.
require_approval contains finding if {
	some where in workflow_files.workflows
	some line in changed.hits(where, `(?m)(?:^|[{,])\s*["']?(?:actions|attestations|checks|contents|deployments|id-token|issues|packages|pages|pull-requests|repository-projects|security-events|statuses)["']?\s*:\s*["']?write\b|^\s*["']?write["']?\s*$`)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, trim_space(line.text))
}

# METADATA
# title: Text of strangers in commands
# description: puts text that strangers write into a command, which runs as part of it.
# custom:
#   rule: supply-chain/workflow-injection
#   severity: high
#   fix: Pass it through env and quote the variable in the command.
require_approval contains finding if {
	some where in workflow_files.workflows
	some line in changed.hits(where, `(?m)\$\{\{[^}]*github\.(?:head_ref|event\.(?:issue|pull_request|comment|review|review_comment|discussion|head_commit|commits|workflow_run)\b[^}]*\.(?:title|body|message|ref|label|name|email|head_branch))\b`)
	not regex.match(`^\s*(?:-\s+)?(?:if|[A-Za-z_-]+)\s*:\s*["']?\$\{\{[^}]*\}\}["']?\s*$`, line.text)
	not regex.match(`^\s*(?:-\s+)?(?:if|group|name|run-name|key|concurrency)\s*:`, line.text)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Workflows that can be read
# description: writes a key or value in a form that hides it from a reader; it was not judged
# custom:
#   rule: supply-chain/workflow-obscured
#   severity: high
#   fix: Write key and value in clear on one line.
require_approval contains finding if {
	some where in workflow_files.workflows
	some line in changed.hits(where, workflow_files.obscured)
	not patterns.comment(line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}
