package whatsapp

// Traces gives where people stand in whatsmeow's database, as "table.column", and the tables in which none may.
func Traces() (columns, unkeptTables []string) {
	for _, t := range traces {
		columns = append(columns, t.table+"."+t.column)
	}
	return columns, unkept
}
