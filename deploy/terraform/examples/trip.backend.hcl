# Made once, by hand: the state cannot be kept in what it describes.
#   az group create --name rg-tripgen-tfstate --location koreacentral
#   az storage account create --name tripgentfstate --resource-group rg-tripgen-tfstate --sku Standard_ZRS --allow-blob-public-access false
#   az storage container create --account-name tripgentfstate --name tfstate --auth-mode login
resource_group_name  = "rg-tripgen-tfstate"
storage_account_name = "tripgentfstate"
container_name       = "tfstate"
key                  = "trip-prod.tfstate"
use_azuread_auth     = true
