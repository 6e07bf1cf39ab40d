# METADATA
# title: Kinds of files
# description: The files of a plan by what they are to agents and tests.
package cabincrew.kinds

import data.cabincrew.changed

is_instruction(where) if changed.listed(where, data.paths.agent_instructions)

# A link to such a file or directory is another name of it.
links_to_instruction(where) if {
	segments := [segment | some segment in split(lower(where.change.link_target), "/"); not segment in {".", "..", ""}]
	last := count(segments) - 1
	changed.listed(
		{
			"base": segments[last],
			"tail": concat("/", array.slice(segments, last - 1, last + 1)),
			"directories": changed.directories(segments, last + 1),
		},
		data.paths.agent_instructions,
	)
}

is_test(where) if changed.listed(where, data.paths.tests)

is_code(where) if changed.listed(where, data.paths.code)

is_setting(where) if {
	some list in ["mcp", "settings"]
	changed.listed(where, data.paths[list])
}

is_mcp(where) if changed.listed(where, data.paths.mcp)

runs(where) if {
	some list in ["ci", "scripts"]
	changed.listed(where, data.paths[list])
}

runs(where) if changed.listed(where, data.paths.git_hooks)

instructions := [where | some where in changed.written; is_instruction(where)]

# Settings of agents and editors; notes in the same directories are not.
settings := [where | some where in changed.written; is_setting(where); structured(where)]

mcp := [where | some where in changed.written; is_mcp(where)]

tests := [where | some where in changed.written; is_test(where); is_code(where)]

code := [where | some where in changed.written; is_code(where)]

scripts := [where | some where in changed.written; runs(where)]

ci := [where | some where in changed.written; changed.listed(where, data.paths.ci)]

coverage := [where | some where in changed.written; changed.listed(where, data.paths.coverage)]

structured(where) if regex.match(`\.(?:json|jsonc|json5|toml|ya?ml)$`, where.base)

# Where commands are written down, for machines or for agents.
watched := array.concat(scripts, instructions)

# Where tests are configured or called.
calls_tests := array.concat(coverage, [where | some where in scripts; not changed.listed(where, data.paths.coverage)])

security_exceptions := [where | some where in changed.written; changed.listed(where, data.paths.security_exceptions)]
