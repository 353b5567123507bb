-- Takes back the rows of V2. A category that an activity or a budget still uses stays protected: this fails (23503), and nothing is changed.

DELETE FROM trip_activity_categories
WHERE code IN ('sightseeing', 'food', 'cafe', 'shopping', 'culture', 'nature', 'experience', 'transport', 'accommodation', 'other');

DELETE FROM trip_budget_categories
WHERE code IN ('flight', 'transport', 'accommodation', 'food', 'activity', 'shopping', 'insurance', 'emergency', 'other');
