resource "azurerm_resource_group" "this" {
  name     = var.names.resource_group
  location = var.location
  tags     = var.tags
}

resource "azurerm_virtual_network" "this" {
  name                = var.names.virtual_network
  address_space       = var.address_space
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = var.tags
}

resource "azurerm_subnet" "endpoints" {
  name                 = var.names.subnet
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [var.endpoint_subnet]
}

# With a private endpoint the zone has exactly this name.
resource "azurerm_private_dns_zone" "postgresql" {
  name                = "privatelink.postgres.database.azure.com"
  resource_group_name = azurerm_resource_group.this.name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "postgresql" {
  for_each = merge({ (var.names.virtual_network) = azurerm_virtual_network.this.id }, var.linked_networks)

  name                  = each.key
  resource_group_name   = azurerm_resource_group.this.name
  private_dns_zone_name = azurerm_private_dns_zone.postgresql.name
  virtual_network_id    = each.value
  tags                  = var.tags
}

resource "azurerm_private_endpoint" "postgresql" {
  for_each = merge(
    { (var.names.private_endpoint) = azurerm_postgresql_flexible_server.this.id },
    { for replica in azurerm_postgresql_flexible_server.replica : "${var.names.private_endpoint}-replica" => replica.id },
  )

  name                = each.key
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  subnet_id           = azurerm_subnet.endpoints.id
  tags                = var.tags

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value
    subresource_names              = ["postgresqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "postgresql"
    private_dns_zone_ids = [azurerm_private_dns_zone.postgresql.id]
  }
}
