# METADATA
# title: Permissions
# description: Policies, roles and members of AWS, Azure and Google Cloud that allow more than anybody needs.
package cabincrew.permissions

import data.cabincrew.plans
import data.cabincrew.problem

# Statements that allow something, of every policy document a resource holds.
statements := [{"one": one, "path": found.path, "trust": found.trust, "statement": statement} |
	some one in plans.values
	startswith(one.resource.type, "aws_")
	some found in documents(one.value)
	json.is_valid(found.text)
	some statement in listed(json.unmarshal(found.text).Statement)
	statement.Effect == "Allow"
]

documents(value) := array.concat(
	[{"path": [field], "text": value[field], "trust": field == "assume_role_policy"} |
		some field in ["policy", "assume_role_policy", "access_policy", "access_policies", "repository_policy"]
		is_string(value[field])
	],
	[{"path": ["inline_policy", i, "policy"], "text": inline.policy, "trust": false} |
		some i, inline in value.inline_policy
		is_string(inline.policy)
	],
)

listed(value) := value if is_array(value)

listed(value) := [value] if not is_array(value)

identity(found) if {
	startswith(found.one.resource.type, "aws_iam_")
	not found.trust
}

identity(found) if startswith(found.one.resource.type, "aws_ssoadmin_")

every_action(statement) if {
	some action in listed(statement.Action)
	action in {"*", "*:*"}
}

every_resource(statement) if "*" in listed(statement.Resource)

problems contains problem.of(found.one, "wildcard-permissions", found.path, "allows every action on every resource") if {
	some found in statements
	identity(found)
	every_action(found.statement)
	every_resource(found.statement)
}

problems contains problem.of(found.one, "wide-permissions", found.path, concat(" ", ["allows", action, "on every resource"])) if {
	some found in statements
	identity(found)
	every_resource(found.statement)
	some action in listed(found.statement.Action)
	wide(action)
}

wide(action) if {
	regex.match(`^[A-Za-z0-9-]+:\*$`, action)
}

wide(action) if lower(action) in {"iam:passrole", "sts:assumerole", "iam:createpolicyversion", "iam:attachrolepolicy"}

problems contains problem.of(found.one, "wide-permissions", found.path, "allows every action on some resources") if {
	some found in statements
	identity(found)
	every_action(found.statement)
	not every_resource(found.statement)
}

problems contains problem.of(found.one, "wide-permissions", found.path, concat(" ", ["allows all but what", field, "lists"])) if {
	some found in statements
	identity(found)
	some field in ["NotAction", "NotResource"]
	found.statement[field]
}

problems contains problem.of(found.one, rule, found.path, "allows everybody, without a condition") if {
	some found in statements
	everybody(found.statement.Principal)
	not found.statement.Condition
	rule := rule_for_everybody(found)
}

everybody("*")

everybody(principal) if "*" in listed(principal.AWS)

rule_for_everybody(found) := "wildcard-trust" if found.trust

rule_for_everybody(found) := "public-storage" if {
	not found.trust
	startswith(found.one.resource.type, "aws_s3_")
}

rule_for_everybody(found) := "public-policy" if {
	not found.trust
	not startswith(found.one.resource.type, "aws_s3_")
}

# Roles and policies that others wrote, by name.
grants contains {"n": n, "path": ["policy_arn"], "name": last(one.value.policy_arn)} if {
	some n, one in plans.values
	startswith(one.resource.type, "aws_")
	is_string(one.value.policy_arn)
}

grants contains {"n": n, "path": ["managed_policy_arns", i], "name": last(arn)} if {
	some n, one in plans.values
	startswith(one.resource.type, "aws_")
	some i, arn in one.value.managed_policy_arns
	is_string(arn)
}

grants contains {"n": n, "path": ["role"], "name": one.value.role} if {
	some n, one in plans.values
	regex.match(`^google_.*_iam_(member|binding)$`, one.resource.type)
	is_string(one.value.role)
}

grants contains {"n": n, "path": ["role_definition_name"], "name": one.value.role_definition_name} if {
	some n, one in plans.values
	one.resource.type == "azurerm_role_assignment"
	is_string(one.value.role_definition_name)
}

last(arn) := parts[count(parts) - 1] if parts := split(arn, "/")

problems contains problem.of(plans.values[grant.n], "administrator", grant.path, concat(" ", ["gives", grant.name])) if {
	some grant in grants
	data.lists.administrator_roles[grant.name] == true
}

problems contains problem.of(plans.values[grant.n], "wide-permissions", grant.path, concat(" ", ["gives", grant.name])) if {
	some grant in grants
	data.lists.wide_roles[grant.name] == true
}

problems contains problem.of(one, "wildcard-permissions", ["permissions", i, "actions"], "allows every action") if {
	some one in plans.values
	one.resource.type == "azurerm_role_definition"
	some i, permission in one.value.permissions
	"*" in permission.actions
}

problems contains problem.of(one, rule, [field], concat(" ", ["gives", one.value.role, "to", member])) if {
	some one in plans.values
	regex.match(`^google_.*_iam_(member|binding)$`, one.resource.type)
	some field in ["member", "members"]
	some member in listed(one.value[field])
	member in {"allUsers", "allAuthenticatedUsers"}
	rule := google_rule(one.resource.type)
}

google_rule(type) := "public-storage" if startswith(type, "google_storage_")

google_rule(type) := "public-policy" if not startswith(type, "google_storage_")
