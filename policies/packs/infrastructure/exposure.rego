# METADATA
# title: Public resources
# description: Storage, databases and control planes that anybody may reach.
package cabincrew.exposure

import data.cabincrew.network
import data.cabincrew.plans
import data.cabincrew.problem

public_acls := {"public-read", "public-read-write", "authenticated-read", "publicRead", "publicReadWrite"}

problems contains problem.of(one, "public-storage", [field], sprintf("sets %s to %s", [field, one.value[field]])) if {
	some one in plans.values
	one.resource.type in {"aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object", "google_storage_bucket_acl"}
	some field in ["acl", "predefined_acl"]
	one.value[field] in public_acls
}

problems contains problem.of(one, "public-storage", [field], concat(" ", ["sets", field])) if {
	some one in plans.values
	one.resource.type == "azurerm_storage_account"
	some field in ["allow_nested_items_to_be_public", "allow_blob_public_access"]
	one.value[field] == true
}

problems contains problem.of(one, "public-storage", ["container_access_type"], sprintf("gives anonymous access to each %s", [one.value.container_access_type])) if {
	some one in plans.values
	one.resource.type == "azurerm_storage_container"
	one.value.container_access_type in {"blob", "container"}
}

problems contains problem.of(one, "public-storage", ["entity"], concat(" ", ["gives access to", one.value.entity])) if {
	some one in plans.values
	startswith(one.resource.type, "google_storage_")
	one.value.entity in {"allUsers", "allAuthenticatedUsers"}
}

guards := {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}

problems contains problem.of(one, "public-access-block", [field], concat(" ", ["does not set", field])) if {
	some one in plans.values
	one.resource.type in {"aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"}
	some field in guards
	object.get(one.value, field, false) != true
}

problems contains problem.by(resource, "public-access-block", ["change", "actions"], "is taken away") if {
	some resource in plans.resources
	resource.type in {"aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"}
	resource.actions == {"delete"}
}

problems contains problem.of(one, "public-database", ["publicly_accessible"], "sets publicly_accessible") if {
	some one in plans.values
	one.value.publicly_accessible == true
}

problems contains problem.of(one, "public-database", ["settings", i, "ip_configuration", j, "authorized_networks", k, "value"], concat(" ", ["lets", network_.value, "in"])) if {
	some one in plans.values
	one.resource.type == "google_sql_database_instance"
	some i, setting in one.value.settings
	some j, configuration in setting.ip_configuration
	some k, network_ in configuration.authorized_networks
	network.anybody(network_.value)
}

problems contains problem.of(one, "public-database", ["end_ip_address"], "lets every address in") if {
	some one in plans.values
	regex.match(`^azurerm_.*_firewall_rule$`, one.resource.type)
	one.value.start_ip_address == "0.0.0.0"
	one.value.end_ip_address == "255.255.255.255"
}

problems contains problem.of(one, "public-endpoint", ["start_ip_address"], "lets every service of the cloud in, also that of other customers") if {
	some one in plans.values
	regex.match(`^azurerm_.*_firewall_rule$`, one.resource.type)
	one.value.start_ip_address == "0.0.0.0"
	one.value.end_ip_address == "0.0.0.0"
}

problems contains problem.of(one, "public-endpoint", ["public_network_access_enabled"], "sets public_network_access_enabled") if {
	some one in plans.values
	data.lists.stateful[one.resource.type] == true
	one.value.public_network_access_enabled == true
}

problems contains problem.of(one, "public-endpoint", ["settings", i, "ip_configuration", j, "ipv4_enabled"], "gets a public address") if {
	some one in plans.values
	one.resource.type == "google_sql_database_instance"
	some i, setting in one.value.settings
	some j, configuration in setting.ip_configuration
	configuration.ipv4_enabled == true
}

problems contains problem.of(one, "public-endpoint", ["vpc_config", i], "lets anybody reach the API of the cluster") if {
	some one in plans.values
	one.resource.type == "aws_eks_cluster"
	some i, block in one.value.vpc_config
	block.endpoint_public_access == true
	open(block)
}

# AWS opens it to everybody unless told otherwise.
open(block) if count(object.get(block, "public_access_cidrs", [])) == 0

open(block) if {
	some cidr in block.public_access_cidrs
	network.anybody(cidr)
}

problems contains problem.of(one, "public-endpoint", ["master_authorized_networks_config", i], "lets anybody reach the API of the cluster") if {
	some one in plans.values
	one.resource.type == "google_container_cluster"
	some i, block in one.value.master_authorized_networks_config
	some range in block.cidr_blocks
	network.anybody(range.cidr_block)
}
