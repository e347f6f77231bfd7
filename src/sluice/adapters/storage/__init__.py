"""The registry on disk: SQLAlchemy tables, migrations, and the RunStore over them."""
