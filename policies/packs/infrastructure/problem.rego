# METADATA
# title: One problem
# description: >-
#   What a rule objects to, as a small value that does not say where in the text it lies, so that the same problem before and
#   after the change can be recognised as the same.
package cabincrew.problem

import data.cabincrew.plans

# About a value before or after.
of(one, rule, path, text) := at(one.resource, one.side, rule, array.concat(["change", one.side], path), text)

# About the change itself; there was none before.
by(resource, rule, path, text) := at(resource, "after", rule, path, text)

at(resource, side, rule, path, text) := {
	"rule": rule,
	"side": side,
	"artifact": resource.plan.artifact,
	"file": resource.plan.file,
	"address": resource.address,
	"text": text,
	"line": plans.line(resource.plan.lines, array.concat(resource.at, path)),
}
