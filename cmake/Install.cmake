# installation comes here
