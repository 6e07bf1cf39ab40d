package cabincrew.infrastructure_test

import data.cabincrew.infrastructure
import data.cabincrew.plans

artifact(value) := {"name": "plan.json", "documents": [{"value": value, "lines": {}}]}

input_of(artifacts) := {"format": "cabincrew.preflight/1", "artifacts": artifacts}

rules(document) := {concat(" ", [decision, trim_prefix(finding.rule, "infrastructure/")]) |
	some decision in ["deny", "require_approval", "warn"]
	some finding in infrastructure[decision] with input as document
}

whole(value) := rules(input_of([artifact(object.union({"format_version": "1.2"}, value))]))

plan(changes) := whole({"resource_changes": changes})

resource(type, change) := {"address": concat(".", [type, "x"]), "mode": "managed", "type": type, "name": "x", "change": change}

# A resource that is created with these values.
created(type, after) := plan([resource(type, {"actions": ["create"], "before": null, "after": after, "after_unknown": {}})])

updated(type, before, after) := plan([resource(type, {"actions": ["update"], "before": before, "after": after, "after_unknown": {}})])

acting(type, actions) := plan([resource(type, {"actions": actions, "before": {}, "after": null, "after_unknown": {}})])

test_what_is_no_plan_is_none_of_our_business if {
	rules(input_of([])) == set()
	rules(input_of([artifact({"format_version": "1.0", "values": {}})])) == set()
	rules(input_of([artifact({"resource_changes": [{"change": {"actions": ["delete"]}}]})])) == set()
	rules(input_of([artifact(["format_version"]), artifact(null), {"name": "x", "documents": []}])) == set()
	plan([]) == set()
}

test_destroying if {
	acting("null_resource", ["delete"]) == {"require_approval destroy"}
	acting("null_resource", ["delete", "create"]) == {"require_approval replace"}
	acting("null_resource", ["create", "delete"]) == {"require_approval replace"}
	acting("null_resource", ["no-op"]) == set()
	acting("null_resource", ["update"]) == set()
	acting("null_resource", ["forget"]) == {"require_approval forget"}
	every type in ["aws_s3_bucket", "aws_db_instance", "google_sql_database_instance", "azurerm_managed_disk", "google_container_cluster"] {
		acting(type, ["delete"]) == {"deny destroy-stateful"}
		acting(type, ["create", "delete"]) == {"deny destroy-stateful"}
		acting(type, ["no-op"]) == set()
	}
	whole({"resource_changes": [object.union(resource("aws_s3_bucket", {"actions": ["delete"]}), {"mode": "data"})]}) == set()
}

test_mass_destruction if {
	many(25) == {"require_approval destroy"}
	many(26) == {"require_approval destroy", "deny mass-destruction", "warn many-changes"}
}

creating(number) := plan([resource("null_resource", {"actions": ["create"], "before": null, "after": {"n": i}}) | some i in numbers.range(1, number)])

test_large_plans if {
	creating(25) == set()
	creating(26) == {"warn many-changes"}
	creating(100) == {"warn many-changes"}
	creating(101) == {"require_approval too-many-changes"}
}

group(block) := created("aws_security_group", {"ingress": [object.union({"protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": []}, block)]})

test_security_groups if {
	group({"from_port": 22, "to_port": 22}) == {"deny public-ingress"}
	group({"from_port": 0, "to_port": 65535}) == {"deny public-ingress"}
	group({"from_port": 0, "to_port": 0, "protocol": "-1"}) == {"deny public-ingress"}
	group({"from_port": 20000, "to_port": 30000}) == {"deny public-ingress"}
	group({"from_port": 8080, "to_port": 8080}) == {"require_approval public-port"}
	group({"from_port": 443, "to_port": 443}) == set()
	group({"from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}) == set()
	group({"from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"]}) == {"deny public-ingress"}
	group({"from_port": 22, "to_port": 22, "cidr_blocks": [], "ipv6_cidr_blocks": ["::/0"]}) == {"deny public-ingress"}
	group({"from_port": 22, "to_port": 22, "cidr_blocks": [], "ipv6_cidr_blocks": ["fc00::/7"]}) == set()
	group({"from_port": 8, "to_port": 0, "protocol": "icmp"}) == set()
	created("aws_security_group", {"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}) == set()
}

test_security_group_rules if {
	created("aws_security_group_rule", {"type": "ingress", "protocol": "tcp", "from_port": 3306, "to_port": 3306, "cidr_blocks": ["0.0.0.0/0"]}) == {"deny public-ingress"}
	created("aws_security_group_rule", {"type": "egress", "protocol": "tcp", "from_port": 3306, "to_port": 3306, "cidr_blocks": ["0.0.0.0/0"]}) == set()
	created("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_ipv4": "0.0.0.0/0"}) == {"deny public-ingress"}
	created("aws_vpc_security_group_ingress_rule", {"ip_protocol": "-1", "cidr_ipv6": "::/0"}) == {"deny public-ingress"}
	created("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}) == set()
}

firewall(change) := created("google_compute_firewall", object.union({"direction": "INGRESS", "source_ranges": ["0.0.0.0/0"], "allow": [{"protocol": "tcp", "ports": ["22"]}]}, change))

test_google_firewalls if {
	firewall({}) == {"deny public-ingress"}
	firewall({"allow": [{"protocol": "all", "ports": []}]}) == {"deny public-ingress"}
	firewall({"allow": [{"protocol": "tcp", "ports": ["8000-8010"]}]}) == {"require_approval public-port"}
	firewall({"allow": [{"protocol": "tcp", "ports": ["80", "443"]}]}) == set()
	firewall({"allow": [{"protocol": "icmp", "ports": []}]}) == set()
	firewall({"direction": "EGRESS"}) == set()
	firewall({"disabled": true}) == set()
	firewall({"source_ranges": ["10.0.0.0/8"]}) == set()
}

azure(change) := created("azurerm_network_security_rule", object.union(
	{"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "source_address_prefix": "*", "destination_port_range": "22"},
	change,
))

test_azure_rules if {
	azure({}) == {"deny public-ingress"}
	azure({"source_address_prefix": "Internet", "destination_port_range": "*"}) == {"deny public-ingress"}
	azure({"source_address_prefix": null, "source_address_prefixes": ["0.0.0.0/0"], "destination_port_range": null, "destination_port_ranges": ["8080"]}) == {"require_approval public-port"}
	azure({"access": "Deny"}) == set()
	azure({"direction": "Outbound"}) == set()
	azure({"source_address_prefix": "VirtualNetwork"}) == set()
	block := {"access": "Allow", "direction": "Inbound", "protocol": "*", "source_address_prefix": "*", "destination_port_range": "3389"}
	created("azurerm_network_security_group", {"security_rule": [block]}) == {"deny public-ingress"}
}

test_public_storage if {
	created("aws_s3_bucket_acl", {"acl": "public-read"}) == {"deny public-storage"}
	created("aws_s3_bucket_acl", {"acl": "private"}) == set()
	created("azurerm_storage_account", {"allow_nested_items_to_be_public": true}) == {"deny public-storage"}
	created("azurerm_storage_account", {"allow_nested_items_to_be_public": false}) == set()
	created("azurerm_storage_container", {"container_access_type": "blob"}) == {"deny public-storage"}
	created("azurerm_storage_container", {"container_access_type": "private"}) == set()
	created("google_storage_bucket_iam_member", {"role": "roles/storage.objectViewer", "member": "allUsers"}) == {"deny public-storage"}
	created("google_storage_bucket_iam_binding", {"role": "roles/storage.objectViewer", "members": ["user:ada@example.com"]}) == set()
	created("google_storage_default_object_access_control", {"entity": "allUsers"}) == {"deny public-storage"}
	everybody := json.marshal({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}})
	created("aws_s3_bucket_policy", {"policy": everybody}) == {"deny public-storage"}
	denied := json.marshal({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]})
	created("aws_s3_bucket_policy", {"policy": denied}) == set()
	conditional := json.marshal({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}]})
	created("aws_s3_bucket_policy", {"policy": conditional}) == set()
	created("aws_s3_bucket_policy", {"policy": "no json"}) == set()
}

test_public_access_block if {
	blocked := {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}
	created("aws_s3_bucket_public_access_block", blocked) == set()
	created("aws_s3_bucket_public_access_block", object.union(blocked, {"ignore_public_acls": false})) == {"require_approval public-access-block"}
	acting("aws_s3_bucket_public_access_block", ["delete"]) == {"require_approval destroy", "require_approval public-access-block"}
}

test_public_databases if {
	created("aws_dms_replication_instance", {"publicly_accessible": true}) == {"deny public-database"}
	created("aws_dms_replication_instance", {"publicly_accessible": false}) == set()
	network("0.0.0.0/0", true) == {"deny public-database", "require_approval public-endpoint"}
	network("203.0.113.0/24", true) == {"require_approval public-endpoint"}
	network("203.0.113.0/24", false) == set()
	created("azurerm_mssql_firewall_rule", {"start_ip_address": "0.0.0.0", "end_ip_address": "255.255.255.255"}) == {"deny public-database"}
	created("azurerm_mssql_firewall_rule", {"start_ip_address": "0.0.0.0", "end_ip_address": "0.0.0.0"}) == {"require_approval public-endpoint"}
	created("azurerm_mssql_firewall_rule", {"start_ip_address": "203.0.113.1", "end_ip_address": "203.0.113.9"}) == set()
	created("azurerm_mssql_server", {"public_network_access_enabled": true}) == {"require_approval public-endpoint"}
	created("azurerm_linux_web_app", {"public_network_access_enabled": true}) == set()
}

network(cidr, open) := created("google_sql_database_instance", {"settings": [{"ip_configuration": [{"ipv4_enabled": open, "authorized_networks": [{"value": cidr}]}]}]})

test_public_control_planes if {
	eks({"endpoint_public_access": true, "public_access_cidrs": ["0.0.0.0/0"]}) == {"require_approval public-endpoint"}
	eks({"endpoint_public_access": true}) == {"require_approval public-endpoint"}
	eks({"endpoint_public_access": true, "public_access_cidrs": ["203.0.113.0/24"]}) == set()
	eks({"endpoint_public_access": false}) == set()
	created("google_container_cluster", {"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "0.0.0.0/0"}]}]}) == {"require_approval public-endpoint"}
}

eks(block) := created("aws_eks_cluster", {"vpc_config": [block]})

iam(statement) := created("aws_iam_policy", {"policy": json.marshal({"Version": "2012-10-17", "Statement": [object.union({"Effect": "Allow"}, statement)]})})

test_permissions if {
	iam({"Action": "*", "Resource": "*"}) == {"deny wildcard-permissions"}
	iam({"Action": ["s3:GetObject", "*"], "Resource": ["*"]}) == {"deny wildcard-permissions"}
	iam({"Action": "s3:*", "Resource": "*"}) == {"require_approval wide-permissions"}
	iam({"Action": "iam:PassRole", "Resource": "*"}) == {"require_approval wide-permissions"}
	iam({"Action": "*", "Resource": "arn:aws:s3:::x"}) == {"require_approval wide-permissions"}
	iam({"NotAction": "iam:*", "Resource": "*"}) == {"require_approval wide-permissions"}
	iam({"Action": "ec2:Describe*", "Resource": "*"}) == set()
	iam({"Action": "s3:*", "Resource": "arn:aws:s3:::x/*"}) == set()
	iam({"Effect": "Deny", "Action": "*", "Resource": "*"}) == set()
	key := json.marshal({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "kms:*", "Resource": "*"}]})
	created("aws_kms_key", {"policy": key}) == set()
	created("aws_sqs_queue", {"policy": json.marshal({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage", "Resource": "x"}]})}) == {"deny public-policy"}
	trust({"AWS": "*"}) == {"deny wildcard-trust"}
	trust({"Service": "ec2.amazonaws.com"}) == set()
}

trust(principal) := created("aws_iam_role", {"assume_role_policy": json.marshal({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})})

test_roles if {
	created("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}) == {"deny administrator"}
	created("aws_iam_role", {"managed_policy_arns": ["arn:aws:iam::aws:policy/PowerUserAccess"]}) == {"require_approval wide-permissions"}
	created("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}) == set()
	created("google_project_iam_member", {"role": "roles/owner", "member": "user:ada@example.com"}) == {"deny administrator"}
	created("google_project_iam_binding", {"role": "roles/editor", "members": []}) == {"require_approval wide-permissions"}
	created("google_project_iam_member", {"role": "roles/viewer", "member": "user:ada@example.com"}) == set()
	created("google_cloud_run_service_iam_member", {"role": "roles/run.invoker", "member": "allUsers"}) == {"deny public-policy"}
	created("azurerm_role_assignment", {"role_definition_name": "Owner"}) == {"deny administrator"}
	created("azurerm_role_assignment", {"role_definition_name": "Contributor"}) == {"require_approval wide-permissions"}
	created("azurerm_role_assignment", {"role_definition_name": "Reader"}) == set()
	created("azurerm_role_definition", {"permissions": [{"actions": ["*"]}]}) == {"deny wildcard-permissions"}
	created("azurerm_role_definition", {"permissions": [{"actions": ["Microsoft.Compute/*/read"]}]}) == set()
}

test_encryption if {
	created("aws_efs_file_system", {"encrypted": false}) == {"require_approval unencrypted"}
	created("aws_efs_file_system", {}) == {"require_approval unencrypted"}
	created("aws_efs_file_system", {"encrypted": true}) == set()
	created("aws_opensearch_domain", {"encrypt_at_rest": [{"enabled": true}]}) == set()
	created("aws_opensearch_domain", {"encrypt_at_rest": []}) == {"require_approval unencrypted"}
	created("null_resource", {"encrypted": false}) == set()
}

test_protection if {
	updated("aws_lb", {"enable_deletion_protection": true}, {"enable_deletion_protection": false}) == {"require_approval protection-off"}
	updated("aws_lb", {"enable_deletion_protection": false}, {"enable_deletion_protection": false}) == set()
	updated("aws_lb", {"enable_deletion_protection": false}, {"enable_deletion_protection": true}) == set()
	updated("aws_s3_bucket_versioning", versioning("Enabled"), versioning("Suspended")) == {"require_approval protection-off"}
	updated("aws_s3_bucket_versioning", versioning("Disabled"), versioning("Enabled")) == set()
	created("google_storage_bucket", {"force_destroy": true}) == {"require_approval force-destroy"}
	created("google_storage_bucket", {"force_destroy": false}) == set()
}

versioning(status) := {"versioning_configuration": [{"status": status}]}

test_backups if {
	updated("azurerm_postgresql_flexible_server", {"backup_retention_days": 30}, {"backup_retention_days": 7}) == {"require_approval backups-lowered"}
	updated("azurerm_postgresql_flexible_server", {"backup_retention_days": 7}, {"backup_retention_days": 30}) == set()
	created("aws_rds_cluster", backups(0)) == {"require_approval no-backups"}
	updated("aws_rds_cluster", backups(7), backups(0)) == {"require_approval backups-lowered"}
	updated("aws_rds_cluster", backups(0), backups(0)) == {"warn kept"}
}

backups(days) := {"backup_retention_period": days, "storage_encrypted": true}

test_only_what_a_change_adds_stops_it if {
	open := {"type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}
	closed := object.union(open, {"cidr_blocks": ["10.0.0.0/8"]})
	updated("aws_security_group_rule", open, object.union(open, {"description": "ssh"})) == {"warn kept"}
	updated("aws_security_group_rule", closed, open) == {"deny public-ingress"}
	updated("aws_security_group_rule", open, closed) == set()
	updated("aws_security_group_rule", open, object.union(open, {"from_port": 23, "to_port": 23})) == {"deny public-ingress"}
}

configured(resources) := {"root_module": {"module_calls": {"net": {"module": {"resources": resources}}}}}

test_provisioners if {
	change := {"address": "module.net[\"a\"].null_resource.x[0]", "mode": "managed", "type": "null_resource", "change": {"actions": ["create"], "before": null, "after": {}}}
	described := {"address": "null_resource.x", "mode": "managed", "type": "null_resource", "provisioners": [{"type": "local-exec"}]}
	whole({"resource_changes": [change], "configuration": configured([described])}) == {"require_approval provisioner"}
	whole({"resource_changes": [change], "configuration": configured([object.remove(described, ["provisioners"])])}) == set()
	every key in ["x]", "x[\\\"]", "", "[0]"] {
		keyed := object.union(change, {"address": sprintf("module.net[\"%s\"].null_resource.x[0]", [key])})
		whole({"resource_changes": [keyed], "configuration": configured([described])}) == {"require_approval provisioner"}
	}
	still := object.union(change, {"change": {"actions": ["no-op"], "before": {}, "after": {}}})
	whole({"resource_changes": [still], "configuration": configured([described])}) == set()
}

test_actions_of_providers if {
	action := {"address": "action.aws_lambda_invoke.x", "type": "aws_lambda_invoke"}
	whole({"resource_changes": [], "action_invocations": [action]}) == {"require_approval provisioner"}
	whole({"resource_changes": [], "deferred_action_invocations": [{"reason": "x"}]}) == {"require_approval provisioner"}
	whole({"resource_changes": [], "action_invocations": []}) == set()
}

test_external_data if {
	whole({"resource_changes": [], "configuration": configured([data_source("external")])}) == {"require_approval external-data"}
	whole({"resource_changes": [], "configuration": configured([data_source("http")])}) == {"require_approval external-data"}
	whole({"resource_changes": [], "configuration": configured([data_source("aws_ami")])}) == set()
}

data_source(type) := {"address": concat(".", ["data", type, "x"]), "mode": "data", "type": type}

test_unknown_values if {
	written := [{"address": "aws_iam_policy.x", "mode": "managed", "type": "aws_iam_policy", "expressions": {"policy": {"references": ["x"]}}}]
	unwritten := [{"address": "aws_iam_policy.x", "mode": "managed", "type": "aws_iam_policy", "expressions": {"name": {}}}]
	whole({"resource_changes": [change({"policy": true})], "configuration": configured(written)}) == {"require_approval unknown"}
	whole({"resource_changes": [change({"policy": true})], "configuration": configured(unwritten)}) == set()
	whole({"resource_changes": [change({"policy": true})]}) == {"require_approval unknown"}
	whole({"resource_changes": [change({"arn": true, "id": true})], "configuration": configured(written)}) == set()
	whole({"resource_changes": [change({"rule": [{"cidr_blocks": true}]})]}) == {"require_approval unknown"}
}

change(unknown) := object.union(
	resource("aws_iam_policy", {"actions": ["create"], "before": null, "after": {}, "after_unknown": unknown}),
	{"address": "module.net.aws_iam_policy.x"},
)

test_drift if {
	drifted(["update"]) == {"warn drift"}
	drifted(["no-op"]) == set()
}

drifted(actions) := whole({"resource_changes": [], "resource_drift": [resource("aws_instance", {"actions": actions})]})

test_plans_as_a_whole if {
	whole({"resource_changes": [], "errored": true}) == {"deny plan-errored"}
	whole({"resource_changes": [], "complete": false}) == {"require_approval plan-incomplete"}
	whole({"resource_changes": [], "errored": false, "complete": true}) == set()
	whole({"format_version": "2.0", "resource_changes": []}) == {"deny format-unknown"}
	whole({"format_version": "0.2", "resource_changes": []}) == set()
}

test_plans_that_cannot_be_read if {
	rules(input_of([{"name": "plan.json", "documents": [], "unreadable": "too large"}])) == {"require_approval unread"}
	edited("tfplan.json") == {"require_approval unread"}
	edited("src/data.json") == set()
}

edited(path) := rules(input_of([{"name": "c1", "documents": [], "unreadable": "not JSON", "change": {"op": "update", "entry": "file", "path": path}}]))

text(added, removed, whole_text) := rules(input_of([{
	"name": "c1", "documents": [], "text": whole_text,
	"change": {"op": "update", "entry": "file", "path": "main.tf", "added": added, "removed": removed},
}]))

test_guards_in_text if {
	guard := [{"line": 3, "text": "    prevent_destroy = true"}]
	text([], guard, "") == {"require_approval prevent-destroy-removed"}
	text([{"line": 3, "text": "    prevent_destroy = false"}], guard, "") == {"require_approval prevent-destroy-removed"}
	text([{"line": 9, "text": "  prevent_destroy = true"}], guard, "") == set()
	text([], [{"line": 3, "text": "# prevent_destroy = true"}], "") == set()
}

test_open_networks_in_text if {
	line := [{"line": 3, "text": "    cidr_blocks = [\"0.0.0.0/0\"]"}]
	text(line, [], "resource \"aws_security_group\" \"x\" {\n  ingress {\n    cidr_blocks = [\"0.0.0.0/0\"]") == {"require_approval open-network"}
	text(line, [], "resource \"aws_security_group\" \"x\" {\n  egress {\n    cidr_blocks = [\"0.0.0.0/0\"]") == set()
	text([{"line": 1, "text": "# cidr_blocks = [\"0.0.0.0/0\"]"}], [], "") == set()
	text([{"line": 1, "text": "  destination_cidr_block = \"0.0.0.0/0\""}], [], "") == set()
}

test_findings_say_what_where_and_how if {
	value := {"format_version": "1.2", "resource_changes": [resource("aws_s3_bucket", {"actions": ["delete"], "before": {}, "after": null})]}
	one := {"name": "plan.json", "documents": [{"value": value, "lines": {"": 1, "/resource_changes/0": 4, "/resource_changes/0/change/actions": 7}}]}
	findings := infrastructure.deny with input as input_of([one])
	some finding in findings
	finding.file == "plan.json"
	finding.line == 7
	finding.severity == "critical"
	startswith(finding.msg, "aws_s3_bucket.x is destroyed. What it holds")
}

test_addresses_without_indexes if {
	plans.without_indexes("module.a[\"x.y\"].aws_instance.b[3]") == "module.a.aws_instance.b"
}

test_broken_settings_are_denied if {
	{finding.rule | some finding in infrastructure.deny with input as input_of([]) with data.thresholds as null} == {"infrastructure/threshold-invalid"}
	{finding.rule | some finding in infrastructure.deny with input as input_of([]) with data.lists as null} == {"infrastructure/list-invalid"}
	{finding.rule | some finding in infrastructure.deny with input as input_of([]) with data.thresholds.warn_changes as "25"} == {"infrastructure/threshold-invalid"}
	{finding.rule | some finding in infrastructure.deny with input as input_of([]) with data.lists.stateful as ["aws_s3_bucket"]} == {"infrastructure/list-invalid"}
	{finding.rule | some finding in infrastructure.deny with input as input_of([]) with data.attributes.forced as {"a": ["b"]}} == {"infrastructure/list-invalid"}
	{finding.rule | some finding in infrastructure.deny with input as input_of([]) with data.lists.statefull as {}} == {"infrastructure/setting-unknown"}
	rules({}) == {"deny input-unknown"}
}

many(number) := plan([object.union(
	resource("null_resource", {"actions": ["delete"], "before": {}, "after": null}),
	{"address": sprintf("null_resource.x[%d]", [i])},
) |
	some i in numbers.range(1, number)
])
