"""Looking at sites at intervals over a period: samples, incidents, availability, stability."""
