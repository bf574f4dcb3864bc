"""Blood thinners and NSAIDs: who has to stop what, when at the latest, and when it may be taken again."""
