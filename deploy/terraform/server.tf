# Ephemeral: made anew in every run, and in neither plan nor state. Only a change of password_version sends it anywhere.
ephemeral "random_password" "administrator" {
  length           = 32
  override_special = "-_.~"
}

resource "azurerm_postgresql_flexible_server" "this" {
  name                = var.names.server
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  version             = var.postgresql_version
  tags                = var.tags

  administrator_login               = var.administrator_login
  administrator_password_wo         = ephemeral.random_password.administrator.result
  administrator_password_wo_version = var.password_version

  # Reached by its private endpoint alone. A delegated subnet would exclude that endpoint.
  public_network_access_enabled = false

  sku_name          = var.sku_name
  storage_mb        = var.storage_mb
  auto_grow_enabled = true
  zone              = var.zone

  backup_retention_days        = var.backup_retention_days
  geo_redundant_backup_enabled = var.geo_redundant_backup

  dynamic "high_availability" {
    for_each = var.high_availability[*]
    content {
      mode                      = high_availability.value.mode
      standby_availability_zone = high_availability.value.standby_zone
    }
  }

  maintenance_window {
    day_of_week = var.maintenance_window.day_of_week
    start_hour  = var.maintenance_window.start_hour
  }

  lifecycle {
    prevent_destroy = true
    # A failover changes both; the next apply must not move the server back.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

# Deleting a server deletes its backups.
resource "azurerm_management_lock" "server" {
  name       = "database"
  scope      = azurerm_postgresql_flexible_server.this.id
  lock_level = "CanNotDelete"
  notes      = "Deleting the server deletes its backups."
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  name      = var.database_name
  server_id = azurerm_postgresql_flexible_server.this.id
  collation = "en_US.utf8"
  charset   = "UTF8"

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "this" {
  for_each = var.server_parameters

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = each.value
}

resource "azurerm_postgresql_flexible_server" "replica" {
  count = var.replica_sku_name == null ? 0 : 1

  name                          = var.names.replica
  resource_group_name           = azurerm_resource_group.this.name
  location                      = azurerm_resource_group.this.location
  create_mode                   = "Replica"
  source_server_id              = azurerm_postgresql_flexible_server.this.id
  public_network_access_enabled = false
  sku_name                      = var.replica_sku_name
  storage_mb                    = var.storage_mb
  auto_grow_enabled             = true
  tags                          = var.tags

  lifecycle {
    ignore_changes = [zone]
  }
}
