"""The programs that the lab needs: found where the machine has them, otherwise built."""
