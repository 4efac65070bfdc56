"""Files that leave the service: PDF, DOCX, CSV and XLSX, and how figures are rounded in print."""
