# Where deploy/backup uploads dumps. Azure's own backups, for point-in-time restores, are the server's.
resource "azurerm_storage_account" "backup" {
  name                            = var.names.backup_storage
  resource_group_name             = azurerm_resource_group.this.name
  location                        = azurerm_resource_group.this.location
  account_tier                    = "Standard"
  account_replication_type        = "GRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = false
  tags                            = var.tags

  blob_properties {
    versioning_enabled = true
    delete_retention_policy {
      days = 30
    }
    container_delete_retention_policy {
      days = 30
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_storage_container" "backups" {
  name                  = "backups"
  storage_account_id    = azurerm_storage_account.backup.id
  container_access_type = "private"
}

resource "azurerm_storage_management_policy" "backup" {
  storage_account_id = azurerm_storage_account.backup.id

  rule {
    name    = "old-dumps"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["${azurerm_storage_container.backups.name}/"]
    }
    actions {
      base_blob {
        delete_after_days_since_creation_greater_than = var.dump_retention_days
      }
      version {
        delete_after_days_since_creation = var.dump_retention_days
      }
    }
  }
}

resource "azurerm_role_assignment" "backup_writers" {
  for_each = var.backup_writers

  scope                = azurerm_storage_container.backups.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = each.value
}
