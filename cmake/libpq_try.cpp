// Do libpq's archives and cmake/late_libraries.cpp suffice?
#include <libpq-fe.h>

int main(int count, char** arguments) {
    PGconn* const connection = PQconnectdb(arguments[count - 1]);
    const bool is_up = PQstatus(connection) == CONNECTION_OK;
    PQfinish(connection);
    return is_up ? 0 : 1;
}
