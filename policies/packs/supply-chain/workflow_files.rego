# METADATA
# title: Workflows
# description: The workflow files of a plan and the actions they use.
package cabincrew.workflow_files

import data.cabincrew.changed

workflows := [where | some where in changed.written; changed.listed(where, data.paths.workflows)]

unpinned(where) := {{"line": line.line, "name": match[1], "owner": lower(split(match[1], "/")[0])} |
	some line in changed.hits(where, `(?m)(?:^|[{,])\s*(?:-\s+)?["']?uses["']?\s*:\s*["']?[^\s.#"'>|&*!]`)
	some match in regex.find_all_string_submatch_n(`(?:^|[{,])\s*(?:-\s+)?["']?uses["']?\s*:\s*["']?([^\s#"'{},>|&*!][^\s#"'{},]*)`, line.text, -1)
	not startswith(match[1], "./")
	not regex.match(`@(?:[0-9a-fA-F]{40}|sha256:[0-9a-f]{64})$`, match[1])
}

# Escapes of what could be written as it is, keys behind a question mark, and actions that are no plain text on the line of their key.
obscured := concat("", [
	`(?m)"[^"]*\\(?:u00[2-7]|x[2-7]|U000000[2-7])[0-9a-fA-F][^"]*"`,
	`|^\s*(?:-\s+)?\?\s+\S`,
	`|(?:^|[{,])\s*(?:-\s+)?["']?uses["']?\s*:\s*(?:$|#|[>|&*!])`,
	`|(?:^|[{,])\s*["']?(?:on|permissions)["']?\s*:\s*[>|*!]`,
])
