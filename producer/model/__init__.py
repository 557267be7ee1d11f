"""The nouns that all stages share: frozen, without effects."""
