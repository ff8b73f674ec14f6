"""Settings, policies, jurisdiction packs and templates, and what reads them."""
