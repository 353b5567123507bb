terraform {
  # Ephemeral resources came with 1.10, write-only arguments with 1.11: passwords stay out of plan and state.
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.55, < 5.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # terraform init -backend-config=examples/trip.backend.hcl
  backend "azurerm" {}
}

provider "azurerm" {
  subscription_id     = var.subscription_id
  storage_use_azuread = true

  features {
    key_vault {
      purge_soft_delete_on_destroy = false
      recover_soft_deleted_secrets = true
    }
    resource_group {
      prevent_deletion_if_contains_resources = true
    }
  }
}
