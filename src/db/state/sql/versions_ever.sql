-- Every version that the history ever had, undone ones too. psql variable: state.
SELECT DISTINCT version FROM :"state".migrations WHERE version IS NOT NULL
